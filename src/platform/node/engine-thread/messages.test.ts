import { expect, test } from 'vitest';
import { float32, type Tensor } from '../../../tensor/tensor.ts';
import { withOwnWeights } from './messages.ts';

test('a model goes to another thread without the memory around its tensors, and without what is stored', () => {
  const memory = new Float32Array(1000);
  const part = float32([2], memory.subarray(10, 12).fill(3));
  const whole = float32([2], [1, 2]);
  const stored = { dtype: 'float32', shape: [4], stored: { path: 'w', offset: 0, length: 16 } } as never;
  const model = withOwnWeights({
    bytes: new Uint8Array(4),
    weights: new Map<string, Tensor>([
      ['part', part],
      ['whole', whole],
      ['stored', stored],
    ]),
    folder: 'models/some',
    fed: { matrix: part },
  });
  const copied = model.weights.get('part') as Tensor;
  expect([...copied.data]).toEqual([3, 3]);
  expect(copied.data.buffer.byteLength).toBe(8);
  expect(model.fed?.matrix?.data.buffer.byteLength).toBe(8);
  expect(model.weights.get('whole')).toBe(whole);
  expect(model.weights.get('stored')).toBe(stored);
  expect(model.folder).toBe('models/some');
});
