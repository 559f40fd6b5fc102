/** Measures what the cost model needs to know of an engine on this machine. */
import { RuntimeError } from '../errors.ts';
import { gradient } from '../graph/gradient/gradient.ts';
import { conv } from '../graph/ops/conv.ts';
import { matMul } from '../graph/ops/matmul.ts';
import { slice } from '../graph/ops/structure.ts';
import { decompose } from '../graph/rewrite/decompose.ts';
import { WIDE_VECTORS } from '../graph/rewrite/known-costs.ts';
import {
  matrixValue,
  outputPlane,
  transformedKernels,
  transformedTiles,
} from '../graph/rewrite/winograd-convolution.ts';
import { TILES, type Tile, winogradMatrices } from '../graph/rewrite/winograd-matrices.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { type Input, input, knownShape, type Value } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, NamedTensors, SessionOptions } from '../runtime/backend.ts';
import type { MachineCosts, TileCosts } from '../runtime/machine-costs.ts';
import { elementCount } from '../tensor/shape.ts';
import { float32 } from '../tensor/tensor.ts';

/** RefineNet's most frequent convolution: 256 channels at 64 x 64. */
const CHANNELS = 256;
const SIDE = 64;
const SMALL_SIDE = 16;

/** The fastest of these runs counts: other work on the machine only adds to it. */
const RUNS = 8;

/**
 * The median of a measurement is at most so many times its fastest run, or other work ran beside it: without any it was measured to
 * be up to 1.25 times, beside two busy programs up to 4.
 */
const STEADY = 2;

/** A measurement that was disturbed is repeated. */
const ATTEMPTS = 3;

const NANOSECONDS = 1e6;

export interface MeasureCostsOptions {
  readonly session?: SessionOptions;
  /** Told before each of the measurements. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The costs of an engine here; takes a few seconds. @throws RuntimeError if the engine fails, or the machine is busy. */
export async function measureCosts(
  backend: Backend,
  { session, onProgress = () => {} }: MeasureCostsOptions = {},
): Promise<MachineCosts> {
  const total = 6 + 3 * TILES.length;
  let done = 0;
  const time = (output: Value): Promise<number> => {
    onProgress(done++, total);
    return fastest(backend, output, session);
  };
  const x = input('x', 'float32', [1, CHANNELS, SIDE, SIDE]);
  const weight = input('weight', 'float32', [CHANNELS, CHANNELS, 3, 3]);
  const pairs = CHANNELS ** 2;
  const direct = await time(conv(x, weight, null, { pads: [1, 1, 1, 1] }));
  const { block } = WIDE_VECTORS.convolution;
  return {
    convolution: { multiplyAdd: direct / (9 * pairs * SIDE ** 2), block },
    training: await trainingCosts(weight, time),
    product: await productCosts(time),
    tiles: Object.fromEntries(
      await inTurn(TILES, async (tile) => [tile, await tileCosts(tile, x, weight, time)] as const),
    ) as MachineCosts['tiles'],
  };
}

type Time = (output: Value) => Promise<number>;

/** A convolution and its gradients in the form that they have by themselves, of small maps: at larger ones tiles win by far. */
async function trainingCosts(weight: Input, time: Time): Promise<MachineCosts['training']> {
  const x = input('x', 'float32', [2, CHANNELS, SMALL_SIDE, SMALL_SIDE]);
  const y = conv(x, weight, null, { pads: [1, 1, 1, 1] });
  const [ofInput, ofWeight] = gradient(y, [x, weight], input('dy', 'float32', y.shape)) as [Value, Value];
  const count = 9 * CHANNELS ** 2 * 2 * SMALL_SIDE ** 2;
  const cost = async (value: Value): Promise<number> => (await time(decompose({ value }).value)) / count;
  return { forward: await cost(y), input: await cost(ofInput), weight: await cost(ofWeight) };
}

/** Two products over different numbers of tiles tell multiplying from reading the weights apart. */
async function productCosts(time: Time): Promise<MachineCosts['product']> {
  const positions = 36;
  const weights = positions * CHANNELS ** 2;
  const kernels = input('kernels', 'float32', [positions, CHANNELS, CHANNELS]);
  const over = (tiles: number): Promise<number> =>
    time(matMul(kernels, input('tiles', 'float32', [positions, CHANNELS, tiles])));
  const [few, many] = [16, 256];
  const [short, long] = [await over(few), await over(many)];
  const multiplyAdd = Math.max(0, long - short) / (weights * (many - few));
  const byte = Math.max(0, short / weights - few * multiplyAdd) / Float32Array.BYTES_PER_ELEMENT;
  return { multiplyAdd, byte };
}

async function tileCosts(tile: Tile, x: Input, weight: Input, time: Time): Promise<TileCosts> {
  const { kernel } = winogradMatrices(tile);
  const tiles = transformedTiles(x, tile);
  const [, , rows, columns] = knownShape(tiles.inRows) as readonly [number, number, number, number];
  const count = CHANNELS * rows * columns;
  const products = input('products', 'float32', [kernel.rows, CHANNELS, rows * columns]);
  return {
    input: (await time(tiles.byPosition)) / count,
    output: (await time(outputPlane(products, tiles, x, tile))) / count,
    kernel: (await time(transformedKernels(weight, matrixValue(weight, kernel)))) / CHANNELS ** 2,
  };
}

/** Nanoseconds of the fastest run. Only a corner of the result leaves the engine, so that its copy costs nothing. */
async function fastest(backend: Backend, output: Value, options: SessionOptions | undefined): Promise<number> {
  const corner = slice(output, output.shape.length - 1, 0, 1);
  const graph = toOnnx({ corner: slice(corner, 0, 0, 1) }, new Map(), { storage: 'inline' });
  const session = await backend.createSession({ bytes: encodeModel(graph), weights: new Map() }, options);
  try {
    const feeds: NamedTensors = Object.fromEntries(
      graph.graph.inputs.map(({ name, shape }) => [name, filled(shape as readonly number[])]),
    );
    let times = await sortedTimes(() => session.run(feeds));
    for (let attempt = 1; attempt < ATTEMPTS && !isSteady(times); attempt++) {
      times = await sortedTimes(() => session.run(feeds));
    }
    if (!isSteady(times)) {
      throw new RuntimeError(
        `This machine is busy: half of ${RUNS} equal runs took more than ${STEADY} times as long as the fastest. Pause what else runs here and calibrate again; nothing was kept.`,
      );
    }
    return (times[0] as number) * NANOSECONDS;
  } finally {
    await session.dispose();
  }
}

/** Milliseconds of several runs, the fastest first. */
async function sortedTimes(run: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < RUNS; index++) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

const isSteady = (times: readonly number[]): boolean => (times[RUNS / 2] as number) <= STEADY * (times[0] as number);

const filled = (shape: readonly number[]) => float32(shape, new Float32Array(elementCount(shape)).fill(0.5));

async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}
