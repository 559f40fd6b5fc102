/** Whether a device computes what the processor does: drivers have bugs, and a wrong mask tells nobody. */
import { RuntimeError } from '../errors.ts';
import { conv } from '../graph/ops/conv.ts';
import { add, clip } from '../graph/ops/elementwise.ts';
import { maxPool } from '../graph/ops/pool.ts';
import { resize, sizeOf } from '../graph/ops/resize.ts';
import { constant } from '../graph/value.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { DEVICE_ENDS } from '../inference/graph-ends.ts';
import type { Backend, Device } from '../runtime/backend.ts';
import { float32 } from '../tensor/tensor.ts';
import { smallSession } from './small-graph.ts';

/** What the devices are called in sentences. */
export const TITLES: Readonly<Record<Device, string>> = {
  cpu: 'the CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  coreml: 'Core ML',
  dml: 'DirectML',
  wasm: 'WASM',
};

/** Odd, so that every operator has borders to treat. */
const SIZE = { width: 47, height: 33 } as const;
const CHANNELS = 16;
/** The share of the largest result by which two devices may differ: graphics cards sum in another order, in the same precision. */
const TOLERANCE = 1e-3;

/**
 * Compares the two on a small graph of every operator that takes time, strided, depthwise and pointwise convolutions, pooling
 * and interpolation, between the ends that images and labels pass through as bytes.
 * @throws RuntimeError saying by how much they differ.
 */
export async function checkDevice(backend: Backend, device: Device, processor: 'cpu' | 'wasm'): Promise<void> {
  const [expected, got] = [await resultOn(backend, processor), await resultOn(backend, device)];
  const { difference, largest } = worstDifference(got, expected);
  if (difference <= TOLERANCE * largest) return;
  throw new RuntimeError(
    `${TITLES[device]} computes other numbers than ${TITLES[processor]} on this machine: they differ by ${difference.toPrecision(2)} where the largest is ${largest.toPrecision(2)}.`,
  );
}

/**
 * The largest difference of two lists of numbers, and the largest number of what is expected. What is not a number differs by not a
 * number, which is no smaller than any bound.
 */
export function worstDifference(
  got: readonly number[],
  expected: readonly number[],
): { readonly difference: number; readonly largest: number } {
  let [difference, largest] = [0, 0];
  for (const [at, number] of expected.entries()) {
    largest = Math.max(largest, Math.abs(number));
    difference = Math.max(difference, Math.abs((got[at] as number) - number));
  }
  return { difference, largest };
}

async function resultOn(backend: Backend, device: Device): Promise<readonly number[]> {
  const session = await smallSession(checkedGraph(), backend, { device });
  const picture = numbers(SIZE.width * SIZE.height * 3, 1);
  const data = Uint8Array.from(picture, (value) => 127 + 127 * value);
  try {
    const { labels, y } = await session.run(DEVICE_ENDS.feeds({ ...SIZE, data }, SIZE, IMAGENET_PREPROCESSING));
    return [labels, y].flatMap((result) => Array.from(result?.data ?? [], Number));
  } finally {
    await session.dispose();
  }
}

function checkedGraph() {
  const weight = (shape: readonly number[], seed: number) =>
    constant(
      float32(
        shape,
        numbers(
          shape.reduce((product, extent) => product * extent),
          seed,
        ),
      ),
    );
  const x = DEVICE_ENDS.pixels(IMAGENET_PREPROCESSING, SIZE);
  const strided = conv(x, weight([CHANNELS, 3, 3, 3], 2), null, { stride: [2, 2], pads: [1, 1, 1, 1] });
  const depthwise = conv(clip(strided, 0, 6), weight([CHANNELS, 1, 3, 3], 3), null, {
    pads: [1, 1, 1, 1],
    groups: CHANNELS,
  });
  const pointwise = conv(depthwise, weight([CHANNELS, CHANNELS, 1, 1], 4), null);
  const pooled = maxPool(pointwise, 5, 1, 2);
  return { labels: DEVICE_ENDS.labels(x), y: resize(add(pooled, pointwise), sizeOf(x), 'align_corners') };
}

/** Numbers between -1 and 1 that repeat nowhere near. */
function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => Math.sin(seed * 7.13 + index * 1.618));
}
