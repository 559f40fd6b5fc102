import { expect, test } from 'vitest';
import { fakeConfiguration } from '../../../test/support/fakes/training.ts';
import { assertSameConfiguration } from './checkpoint.ts';

const { step } = fakeConfiguration;
const weighed = (classWeights: readonly number[], classWeighting?: 'auto' | 'given') => ({
  ...fakeConfiguration,
  step: { ...step, loss: { ...step.loss, classWeights } },
  ...(classWeighting && { classWeighting }),
});

test('a run of a former version, which did not save how classes were weighed, is resumed as it is planned now, and as it was saved', () => {
  const [former, planned] = [weighed([1, 2]), weighed([1, 2], 'auto')];
  expect(() => assertSameConfiguration(former, planned, 'runs/a')).not.toThrow();
  expect(() => assertSameConfiguration(planned, former, 'runs/a')).not.toThrow();
});

test('other class weights are another configuration', () => {
  expect(() => assertSameConfiguration(weighed([1, 2]), weighed([1, 3], 'auto'), 'runs/a')).toThrow(
    'runs/a cannot be resumed with another configuration:\n  step.loss.classWeights.1: 2 in the run, now 3\nLeave',
  );
});
