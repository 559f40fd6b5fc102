/** How fast a device is at what networks are made of. */
import { conv } from '../graph/ops/conv.ts';
import { clip } from '../graph/ops/elementwise.ts';
import { reduceMean } from '../graph/ops/reduction.ts';
import { constant, input, type Value } from '../graph/value.ts';
import type { Backend, Device } from '../runtime/backend.ts';
import { float32 } from '../tensor/tensor.ts';
import { fastestRun, smallSession } from './small-graph.ts';

/** As in a network's middle: 1/4 of an image of 640 x 480. */
const [CHANNELS, HEIGHT, WIDTH] = [64, 120, 160] as const;
const LAYERS = 4;

/**
 * The fastest of several runs of 3x3 convolutions, in milliseconds; an image's worth of numbers goes in.
 * @throws RuntimeError if the device is not there or fails.
 */
export async function timeDevice(backend: Backend, device: Device): Promise<number> {
  const shape = [1, CHANNELS, HEIGHT, WIDTH];
  const kernel = new Float32Array(CHANNELS * CHANNELS * 9).map((_, index) => Math.sin(index) / 24);
  let y: Value = input('x', 'float32', shape);
  for (let layer = 0; layer < LAYERS; layer++) {
    const weight = constant(float32([CHANNELS, CHANNELS, 3, 3], kernel));
    y = clip(conv(y, weight, null, { pads: [1, 1, 1, 1] }), 0, 6);
  }
  const session = await smallSession({ y: reduceMean(y, [2, 3]) }, backend, { device });
  const x = float32(shape, new Float32Array(CHANNELS * HEIGHT * WIDTH).fill(0.5));
  // The first run also makes the kernels.
  return fastestRun(session, { x }, { warmup: 1, repeats: 3 });
}
