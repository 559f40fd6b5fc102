/** Measures what the cost model needs to know of an engine on this machine. */
import { RuntimeError } from '../errors.ts';
import { gradient } from '../graph/gradient/gradient.ts';
import { conv } from '../graph/ops/conv.ts';
import { add } from '../graph/ops/elementwise.ts';
import { matMul } from '../graph/ops/matmul.ts';
import { slice } from '../graph/ops/structure.ts';
import { decompose } from '../graph/rewrite/decompose.ts';
import { WIDE_VECTORS } from '../graph/rewrite/known-costs.ts';
import {
  matrixValue,
  outputPlane,
  transformedKernels,
  transformedTiles,
} from '../graph/rewrite/winograd/convolution.ts';
import { TILES, type Tile, winogradMatrices } from '../graph/rewrite/winograd/matrices.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { type Input, input, knownShape, type Value } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, Device, SessionOptions } from '../runtime/backend.ts';
import type { MachineCosts, TileCosts } from '../runtime/machine-costs.ts';
import { openMeasured } from './measured-session.ts';

/** RefineNet's most frequent convolution: 256 channels at 64 x 64. */
const SIZES: MeasuredSizes = { channels: 256, side: 64, smallSide: 16 };

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

/** How many channels a convolution's kernels take together; on WebGPU they read vectors of four. */
const BLOCKS: { readonly [Name in Device]?: number } = { webgpu: 4 };

/** The sizes of the measured operators. */
export interface MeasuredSizes {
  /** Of convolutions, in as well as out. */
  readonly channels: number;
  /** Height and width of their feature maps. */
  readonly side: number;
  /** Of the maps that convolutions are measured on as training has them by themselves: at larger ones tiles win by far. */
  readonly smallSide: number;
}

/** On which device and at what sizes operators are measured, and who is told meanwhile. */
export interface MeasureCostsOptions {
  readonly session?: SessionOptions;
  /** Of what is measured; other ones are for tests. */
  readonly sizes?: MeasuredSizes;
  /** The most times its fastest run that a measurement's median may be; any for tests beside other work. */
  readonly steady?: number;
  /** Told before each of the measurements. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Makes an operand of a measured operator. */
type Operand = (name: string, shape: readonly number[]) => Input;

type Build = (operand: Operand) => Value;

/** What is measured, and how. */
interface Engine {
  readonly backend: Backend;
  readonly session: SessionOptions;
  readonly steady: number;
}

/** Nanoseconds that an operator takes. */
type Time = (build: Build) => Promise<number>;

/** The costs of an engine here; takes a few seconds. @throws RuntimeError if the engine fails, or the machine is busy. */
export async function measureCosts(
  backend: Backend,
  { session = {}, sizes = SIZES, steady = STEADY, onProgress = () => {} }: MeasureCostsOptions = {},
): Promise<MachineCosts> {
  const total = 6 + 3 * TILES.length;
  let done = 0;
  const time: Time = (build) => {
    onProgress(done++, total);
    return operatorTime(build, { backend, session, steady });
  };
  const { channels, side } = sizes;
  const direct = await time((operand) => {
    const [x, weight] = convolved(operand, sizes);
    return conv(x, weight, null, SAME);
  });
  const block = BLOCKS[session.device ?? 'cpu'] ?? WIDE_VECTORS.convolution.block;
  return {
    convolution: { multiplyAdd: direct / (9 * channels ** 2 * side ** 2), block },
    training: await trainingCosts(sizes, time),
    product: await productCosts(sizes, time),
    tiles: Object.fromEntries(
      await inTurn(TILES, async (tile) => [tile, await tileCosts(tile, sizes, time)] as const),
    ) as MachineCosts['tiles'],
  };
}

const SAME = { pads: [1, 1, 1, 1] } as const;

const convolved = (operand: Operand, { channels, side }: MeasuredSizes): readonly [Input, Input] => [
  operand('x', [1, channels, side, side]),
  operand('weight', [channels, channels, 3, 3]),
];

/** A convolution and its gradients in the form that they have by themselves. */
async function trainingCosts({ channels, smallSide }: MeasuredSizes, time: Time): Promise<MachineCosts['training']> {
  const count = 9 * channels ** 2 * 2 * smallSide ** 2;
  const cost = async (choose: (y: Value, x: Input, weight: Input, dy: Input) => Value): Promise<number> => {
    const taken = await time((operand) => {
      const x = operand('x', [2, channels, smallSide, smallSide]);
      const weight = operand('weight', [channels, channels, 3, 3]);
      const y = conv(x, weight, null, SAME);
      const value = choose(y, x, weight, operand('dy', knownShape(y)));
      return decompose({ value }).value;
    });
    return taken / count;
  };
  return {
    forward: await cost((y) => y),
    input: await cost((y, x, _, dy) => gradient(y, [x], dy)[0] as Value),
    weight: await cost((y, _, weight, dy) => gradient(y, [weight], dy)[0] as Value),
  };
}

/** Two products over different numbers of tiles tell multiplying from reading the weights apart. */
async function productCosts({ channels }: MeasuredSizes, time: Time): Promise<MachineCosts['product']> {
  const positions = 36;
  const weights = positions * channels ** 2;
  const over = (tiles: number): Promise<number> =>
    time((operand) =>
      matMul(operand('kernels', [positions, channels, channels]), operand('tiles', [positions, channels, tiles])),
    );
  const [few, many] = [16, 256];
  const [short, long] = [await over(few), await over(many)];
  const multiplyAdd = Math.max(0, long - short) / (weights * (many - few));
  const byte = Math.max(0, short / weights - few * multiplyAdd) / Float32Array.BYTES_PER_ELEMENT;
  return { multiplyAdd, byte };
}

async function tileCosts(tile: Tile, sizes: MeasuredSizes, time: Time): Promise<TileCosts> {
  const { channels } = sizes;
  const { kernel } = winogradMatrices(tile);
  const tilesOf = (operand: Operand) => {
    const [x] = convolved(operand, sizes);
    return { x, tiles: transformedTiles(x, tile) };
  };
  const [, , rows, columns] = knownShape(tilesOf(operandNamed(0)).tiles.inRows) as readonly [
    number,
    number,
    number,
    number,
  ];
  const count = channels * rows * columns;
  return {
    input: (await time((operand) => tilesOf(operand).tiles.byPosition)) / count,
    output:
      (await time((operand) => {
        const { x, tiles } = tilesOf(operand);
        return outputPlane(operand('products', [kernel.rows, channels, rows * columns]), tiles, x, tile);
      })) / count,
    kernel:
      (await time((operand) => {
        const [, weight] = convolved(operand, sizes);
        return transformedKernels(weight, matrixValue(weight, kernel));
      })) /
      channels ** 2,
  };
}

const operandNamed =
  (copy: number): Operand =>
  (name, shape) =>
    input(`${name}_${copy}`, 'float32', shape);

/** Nanoseconds of one operator. */
async function operatorTime(build: Build, engine: Engine): Promise<number> {
  const { backend, session } = engine;
  if (!backend.keepsOutputsOn?.includes(session.device ?? 'cpu')) return fastest(build, 1, engine);
  // A run on a graphics card takes what it takes to ask for it and to read the result, however little it computes: more copies tell.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [one, many] = [await fastest(build, 1, engine), await fastest(build, COPIES, engine)];
    // Nothing costs nothing: what was kept so would be chosen for ever.
    if (many > one) return (many - one) / (COPIES - 1);
  }
  throw new RuntimeError(
    `The graphics card is busy: ${COPIES} times an operator took no longer than once. Pause what else uses it and calibrate again; nothing was kept.`,
  );
}

/** How many times a run on a graphics card computes an operator, each time of operands of its own. */
const COPIES = 9;

/** Nanoseconds of the fastest run of some copies. Only a corner of the results leaves the engine, so that its copy costs nothing. */
async function fastest(build: Build, copies: number, { backend, session, steady }: Engine): Promise<number> {
  const corners = Array.from({ length: copies }, (_, copy) => {
    const output = build(operandNamed(copy));
    return slice(slice(output, output.shape.length - 1, 0, 1), 0, 0, 1);
  });
  const graph = toOnnx({ corner: corners.reduce((sum, corner) => add(sum, corner)) }, new Map(), { storage: 'inline' });
  const shapes = graph.graph.inputs.map(({ name, shape }) => [name, shape as readonly number[]] as const);
  const measured = await openMeasured({ bytes: encodeModel(graph), weights: new Map() }, shapes, backend, session);
  try {
    let times = await sortedTimes(() => measured.run());
    for (let attempt = 1; attempt < ATTEMPTS && !isSteady(times, steady); attempt++) {
      times = await sortedTimes(() => measured.run());
    }
    if (!isSteady(times, steady)) {
      throw new RuntimeError(
        `This machine is busy: half of ${RUNS} equal runs took more than ${steady} times as long as the fastest. Pause what else runs here and calibrate again; nothing was kept.`,
      );
    }
    return (times[0] as number) * NANOSECONDS;
  } finally {
    await measured.dispose();
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

const isSteady = (times: readonly number[], steady: number): boolean =>
  (times[RUNS / 2] as number) <= steady * (times[0] as number);

async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}
