import { expect, test } from 'vitest';
import { effectiveOptimization, trainingOptimization } from './runner.ts';

test('a report names the form that is computed, whichever was asked for', () => {
  expect(effectiveOptimization('balanced', 'cpu')).toBe('balanced');
  expect(effectiveOptimization('balanced', 'cuda')).toBe('none');
  expect(trainingOptimization('balanced', 'cpu')).toBe('speed');
  expect(trainingOptimization('none', 'cpu')).toBe('none');
  // Its steps have one form.
  expect(trainingOptimization('none', 'webgpu')).toBe('speed');
  expect(trainingOptimization('speed', 'cuda')).toBe('none');
});
