/** In a process of its own: the WASM build starts its threads once. */
import { expect, test } from 'vitest';
import { relu } from '../../graph/ops/elementwise.ts';
import { toOnnx } from '../../graph/to-onnx.ts';
import { input } from '../../graph/value.ts';
import { encodeModel } from '../../onnx/encode.ts';
import { float32 } from '../../tensor/tensor.ts';
import { wasmBackend } from './backend.ts';

test("the WASM build computes with the first session's number of threads", async () => {
  let started = 0;
  const count = (): number => started++;
  process.on('worker', count);
  const graph = toOnnx({ y: relu(input('x', 'float32', [4])) }, new Map(), { storage: 'inline' });
  const model = { bytes: encodeModel(graph), weights: new Map() };
  const session = await (await wasmBackend()).createSession(model, { threads: 3 });
  expect((await session.run({ x: float32([4], [-1, 0, 1, 2]) })).y?.data).toEqual(new Float32Array([0, 0, 1, 2]));
  await session.dispose();
  process.off('worker', count);
  expect(started).toBe(2);
});
