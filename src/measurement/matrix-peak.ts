/** What the machine can do at most: the speed of large matrix products through the same engine. */
import { matMul } from '../graph/ops/matmul.ts';
import { mul } from '../graph/ops/elementwise.ts';
import { reduceMean } from '../graph/ops/reduction.ts';
import { constant, input, type Value } from '../graph/value.ts';
import type { Backend, SessionOptions } from '../runtime/backend.ts';
import { randomStream } from '../tensor/random.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import { fastestRun, smallSession } from './small-graph.ts';

/** Rows and columns; a product of this size is bound by arithmetic, not by memory. */
export const PEAK_SIDE = 1536;

/** One after another in a run, so that beginning and ending it count little. */
const PRODUCTS = 4;

/**
 * The fastest of several runs of float32 products, in GFLOP/s: two operations a multiply-add. The operands lie on the device: a
 * number goes in and a number comes out.
 */
export async function measurePeak(backend: Backend, options: SessionOptions, side = PEAK_SIDE): Promise<number> {
  const operand = constant(matrix(side));
  // What comes in keeps the engine from computing all of it ahead.
  let y: Value = mul(operand, input('scale', 'float32', [1]));
  for (let product = 0; product < PRODUCTS; product++) y = matMul(y, operand);
  const session = await smallSession({ mean: reduceMean(y, [0, 1]) }, backend, options);
  const feeds = { scale: float32([1], new Float32Array([1])) };
  // The first runs also make the kernels.
  return (PRODUCTS * 2 * side ** 3) / (await fastestRun(session, feeds, { warmup: 2, repeats: 8 })) / 1e6;
}

/** Numbers whose products neither grow nor fade. */
function matrix(side: number): Tensor {
  const { uniform } = randomStream(0, 'operand');
  const bound = Math.sqrt(3 / side);
  return float32(
    [side, side],
    Float32Array.from({ length: side * side }, () => bound * (2 * uniform() - 1)),
  );
}
