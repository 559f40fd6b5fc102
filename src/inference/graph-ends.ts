/** Where an image enters the segmentation graph and its labels leave it: what passes between host and device at each run. */
import { sub } from '../graph/ops/elementwise.ts';
import { gather } from '../graph/ops/gather.ts';
import { dequantizeLinear } from '../graph/ops/quantize-linear.ts';
import { argMax } from '../graph/ops/reduction.ts';
import { transpose } from '../graph/ops/shape.ts';
import { cast } from '../graph/ops/structure.ts';
import { PIXELS } from '../graph/rewrite/network-part.ts';
import { constant, input, type Value, within } from '../graph/value.ts';
import type { Image } from '../image/image.ts';
import { fillPixelValues, type ImageSize, type Preprocessing } from '../image/preprocess.ts';
import { resizeImage } from '../image/resample.ts';
import { PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
import type { Device, NamedTensors } from '../runtime/backend.ts';
import { float32, tensor } from '../tensor/tensor.ts';
import type { NetworkSessionOptions } from './network-session.ts';

/** The name of the input of an image's bytes: uint8 [1, height, width, 3]. */
export const PIXEL_BYTES = 'pixel_bytes';

/** Both ends of a segmentation graph. */
export interface GraphEnds {
  /** What the network takes, float32 [1, 3, height, width]; any height and width when no size is given. */
  pixels(preprocessing: Preprocessing, size?: ImageSize): Value;
  /** An image as what a run is fed for it. @param size at which it enters the network */
  feeds(image: Image, size: ImageSize, preprocessing: Preprocessing): NamedTensors;
  /** The class of the largest score, [1, H, W], of scores float32 [1, classes, H, W]. */
  labels(scores: Value): Value;
  /**
   * Whether scores are enlarged and read where the network is, as on WebGPU, and an image's size is part of the graph where it is known at loading, so that
   * nothing about sizes is left to compute; if not, the network's logits come out, and `readScores` does it.
   */
  readonly readsScores: boolean;
}

const CLASS_AXIS = 1;

/** The most classes that a byte tells apart. */
const BYTE = 256;

/** On the host an image is normalized by a table, in one pass with what puts channels first. */
export const HOST_ENDS: GraphEnds = {
  pixels: (_, size) => pixelValues({ ...size, batch: 1 }),
  feeds(image, { width, height }, preprocessing) {
    const data = new Float32Array(3 * width * height);
    fillPixelValues(image, preprocessing, data, 0);
    return { [PIXEL_VALUES]: tensor('float32', [1, 3, height, width], data) };
  },
  labels: (scores) =>
    cast(
      argMax(scores, CLASS_AXIS, 'labels'),
      (scores.shape[CLASS_AXIS] as number) > BYTE ? 'uint16' : 'uint8',
      'labels',
    ),
  readsScores: false,
};

/**
 * On a device that the bytes must be copied to: bytes go up and come down, and the device does the rest. The provider has no Cast
 * of ArgMax's int64, but takes it as the places of a table, which is one of bytes where these hold a class; more classes are cast on
 * the processor. Channels come last, as its convolutions want them, so that the engine takes the exchange of axes out again.
 */
export const DEVICE_ENDS: GraphEnds = {
  pixels(preprocessing, size) {
    const { height = 'height', width = 'width' } = size ?? {};
    const bytes = input(PIXEL_BYTES, 'uint8', [1, height, width, 3]);
    // ((byte * factor) - mean) / deviation, with one product and one difference.
    const { rescaleFactor, mean, std } = preprocessing;
    const scale = std.map((deviation) => rescaleFactor / deviation);
    const shift = std.map((deviation, channel) => (mean[channel] as number) / deviation);
    const [factors, offsets] = [scale, shift].map((numbers) => constant(float32([3], numbers))) as [Value, Value];
    return within(PIXELS, () => transpose(sub(dequantizeLinear(bytes, factors, null, 3), offsets), [0, 3, 1, 2]));
  },
  feeds(image, { width, height }, { resample }) {
    const { data } = resizeImage(image, width, height, resample);
    return { [PIXEL_BYTES]: tensor('uint8', [1, height, width, 3], data) };
  },
  labels(scores) {
    const classes = scores.shape[CLASS_AXIS] as number;
    if (classes > BYTE) return HOST_ENDS.labels(scores);
    const table = tensor(
      'uint8',
      [classes],
      Uint8Array.from({ length: classes }, (_, id) => id),
    );
    return gather(constant(table), argMax(scores, CLASS_AXIS, 'labels'), 0, 'labels');
  },
  readsScores: true,
};

const ENDS: { readonly [Name in Device]?: GraphEnds } = { webgpu: DEVICE_ENDS };

/** The ends for a device, the engine's own choice when left out, and a precision: int8 has ranges of the normalized pixels. */
export const graphEnds = ({ device, precision }: Pick<NetworkSessionOptions, 'device' | 'precision'>): GraphEnds =>
  (device && precision !== 'int8' && ENDS[device]) || HOST_ENDS;
