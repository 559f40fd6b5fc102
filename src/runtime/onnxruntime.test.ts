import { beforeAll, describe, expect, test } from 'vitest';
import { add, mul } from '../graph/ops/elementwise.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { input } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode.ts';
import { nodeBackend, wasmBackend } from '../platform/node/backend.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import type { Backend, Session } from './backend.ts';

const backends = {} as Record<'native' | 'wasm', Backend>;
beforeAll(async () => {
  backends.native = await nodeBackend();
  backends.wasm = await wasmBackend();
});

/** The native engine refuses by itself. */
const REFUSALS = {
  native: 'The model failed on cpu with x [2, 3], y [2, 3]: Invalid rank for output: sum Got: 1 Expected: 2',
  wasm: 'The model failed on wasm with x [2, 3], y [2, 3]: the output sum is float32 [2, 3] and cannot be written to float32 [6]',
} as const;

describe.each(['native', 'wasm'] as const)('a run into given tensors, on the %s engine', (engine) => {
  const run = async <T>(use: (session: Session) => Promise<T>): Promise<T> => {
    const [x, y] = [input('x', 'float32', [2, 3]), input('y', 'float32', [2, 3])];
    const model = toOnnx({ sum: add(x, y), product: mul(x, y) }, new Map(), { storage: 'inline' });
    const session = await backends[engine].createSession({ bytes: encodeModel(model), weights: new Map() });
    try {
      return await use(session);
    } finally {
      await session.dispose();
    }
  };
  const feeds = { x: float32([2, 3], [1, 2, 3, 4, 5, 6]), y: float32([2, 3], [10, 20, 30, 40, 50, 60]) };

  test('writes their memory and gives them back', async () => {
    // A view into the middle of a larger block: nothing around it may change.
    const memory = new Float32Array(10).fill(-1);
    const sum = float32([2, 3], memory.subarray(2, 8));
    const results = await run((session) => session.run(feeds, session.outputNames, { sum }));
    expect(results.sum).toBe(sum);
    expect([...memory]).toEqual([-1, -1, 11, 22, 33, 44, 55, 66, -1, -1]);
    expect([...(results.product as Tensor<'float32'>).data]).toEqual([10, 40, 90, 160, 250, 360]);
  });

  test('can go back and forth between two of them', async () => {
    const [a, b] = [float32([2, 3], feeds.x.data.slice()), float32([2, 3], new Float32Array(6))];
    await run(async (session) => {
      await session.run({ x: a, y: feeds.y }, ['sum'], { sum: b });
      await session.run({ x: b, y: feeds.y }, ['sum'], { sum: a });
    });
    expect([...a.data]).toEqual([21, 42, 63, 84, 105, 126]);
    expect([...b.data]).toEqual([11, 22, 33, 44, 55, 66]);
  });

  test('refuses a tensor of another shape', async () => {
    const sum = float32([6], new Float32Array(6));
    await expect(run((session) => session.run(feeds, ['sum'], { sum }))).rejects.toThrow(REFUSALS[engine]);
  });
});
