import { expect, test } from 'vitest';
import { devices } from './options.ts';

test('devices are a list, each once; an unknown one is refused', () => {
  expect(devices('cpu,wasm,cpu')).toEqual(['cpu', 'wasm']);
  expect(() => devices('cpu,gpu')).toThrow('--device takes cpu, webgpu, cuda, coreml, dml, wasm; got "gpu".');
});
