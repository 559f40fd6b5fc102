/** What the machine can do at most: the speed of a large matrix product through the same engine. */
import { matMul } from '../graph/ops/matmul.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { input } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, SessionOptions } from '../runtime/backend.ts';
import { randomStream } from '../tensor/random.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';

/** Rows and columns; a product of this size is bound by arithmetic, not by memory. */
export const PEAK_SIDE = 1536;

const WARMUP = 2;
const REPEATS = 8;

/** The fastest of several float32 products, in GFLOP/s: two operations a multiply-add. */
export async function measurePeak(backend: Backend, options: SessionOptions, side = PEAK_SIDE): Promise<number> {
  const [a, b] = ['a', 'b'].map((name) => input(name, 'float32', [side, side]));
  const model = toOnnx({ product: matMul(a as never, b as never) }, new Map(), { storage: 'inline' });
  const session = await backend.createSession({ bytes: encodeModel(model), weights: new Map() }, options);
  try {
    const feeds = { a: matrix(side, 'a'), b: matrix(side, 'b') };
    let fastest = Number.POSITIVE_INFINITY;
    for (let run = 0; run < WARMUP + REPEATS; run++) {
      const began = performance.now();
      await session.run(feeds);
      if (run >= WARMUP) fastest = Math.min(fastest, performance.now() - began);
    }
    return (2 * side ** 3) / fastest / 1e6;
  } finally {
    await session.dispose();
  }
}

function matrix(side: number, name: string): Tensor {
  return float32([side, side], Float32Array.from({ length: side * side }, randomStream(0, name).uniform));
}
