/** Turns images into the numbers a network takes: resize, rescale, normalize, channels first. */
import { ShapeError, UsageError } from '../errors.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import { checkSides, type Image } from './image.ts';
import { type ResampleFilter, resizeImage } from './resample.ts';

/**
 * How an image becomes numbers of the network's input: resized, then (byte * rescaleFactor - mean) / std for each
 * channel.
 */
export interface Preprocessing {
  /** The size an image is brought to, in pixels; null leaves it as it is. One edge keeps the aspect ratio. */
  readonly resize:
    | null
    | { readonly width: number; readonly height: number }
    | { readonly shortestEdge: number }
    | { readonly longestEdge: number };
  readonly resample: ResampleFilter;
  /** Multiplies the bytes 0 ... 255, before mean and deviation are applied. */
  readonly rescaleFactor: number;
  /** Subtracted per channel (red, green, blue) after rescaling. */
  readonly mean: readonly [number, number, number];
  /** Divided by per channel after that. */
  readonly std: readonly [number, number, number];
}

/** What networks with an encoder trained on ImageNet by PyTorch expect; images keep their size. */
export const IMAGENET_PREPROCESSING: Preprocessing = {
  resize: null,
  resample: 'bilinear',
  rescaleFactor: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** Width and height are in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels that every network takes: a strip of an image gets no shorter, whatever that does to its proportions. */
const LEAST_SIDE = 32;

/**
 * The size at which an image of this size enters the network.
 * With one edge the other side is rounded down, as transformers and torchvision do; with `longestEdge` it is at least 32, or as long as that edge.
 */
export function networkSize(width: number, height: number, preprocessing: Pick<Preprocessing, 'resize'>): ImageSize {
  const { resize } = preprocessing;
  if (resize === null) return { width, height };
  if ('width' in resize) return { width: resize.width, height: resize.height };
  const isLongest = 'longestEdge' in resize;
  const isWide = width >= height;
  const edge = isLongest ? resize.longestEdge : resize.shortestEdge;
  const least = isLongest ? Math.min(LEAST_SIDE, edge) : 1;
  // One quotient of whole numbers: a factor computed first would make 767 of 480 * 576 / 360.
  const scaled = (side: number, by: number) => Math.max(least, Math.floor((side * edge) / by));
  return isLongest === isWide
    ? { width: edge, height: scaled(height, width) }
    : { width: scaled(width, height), height: edge };
}

/**
 * A batch of images as the network's input: float32 [N, 3, height, width].
 * @throws UsageError if there is none, ShapeError if they come to different sizes.
 */
export function preprocess(images: readonly Image[], preprocessing: Preprocessing): Tensor<'float32'> {
  const first = images[0];
  if (first === undefined) throw new UsageError('preprocess: no images were given. Give at least one.');
  const { width, height } = networkSize(first.width, first.height, preprocessing);
  for (const [index, other] of images.entries()) {
    const size = networkSize(other.width, other.height, preprocessing);
    if (size.width !== width || size.height !== height) {
      throw new ShapeError(
        `preprocess: image ${index} enters the network at ${size.width}x${size.height}, but image 0 at ${width}x${height}. ` +
          'A batch takes one size: give them one by one, or choose a fixed width and height to resize to.',
      );
    }
  }
  const stride = 3 * width * height;
  const data = new Float32Array(images.length * stride);
  for (const [index, each] of images.entries()) fillPixelValues(each, preprocessing, data, index * stride);
  return tensor('float32', [images.length, 3, height, width], data);
}

/**
 * Writes one image's numbers, [3, height, width] at its network size, into a batch from `offset` on.
 * Each number is the float32 result of ((byte * rescaleFactor) - mean) / std, rounded after every step as torchvision does.
 * @throws ShapeError if they do not fit there.
 */
export function fillPixelValues(
  source: Image,
  preprocessing: Preprocessing,
  target: Float32Array,
  offset: number,
): void {
  const { width, height } = networkSize(source.width, source.height, preprocessing);
  checkSides('Preprocessing', width, height);
  const plane = width * height;
  if (offset < 0 || offset + 3 * plane > target.length) {
    throw new ShapeError(
      `fillPixelValues: ${3 * plane} numbers from place ${offset} on do not fit into ${target.length}.`,
    );
  }
  const { data } = resizeImage(source, width, height, preprocessing.resample);
  const [red, green, blue] = valueTables(preprocessing);
  for (let pixel = 0, byte = 0; pixel < plane; pixel++, byte += 3) {
    target[offset + pixel] = red[data[byte] as number] as number;
    target[offset + plane + pixel] = green[data[byte + 1] as number] as number;
    target[offset + 2 * plane + pixel] = blue[data[byte + 2] as number] as number;
  }
}

/** The number each of the 256 byte values becomes, per channel. */
function valueTables(preprocessing: Preprocessing): readonly [Float32Array, Float32Array, Float32Array] {
  const { rescaleFactor, mean, std } = preprocessing;
  const table = (channel: 0 | 1 | 2) =>
    Float32Array.from({ length: 256 }, (_, byte) => {
      const centered = Math.fround(Math.fround(byte * rescaleFactor) - Math.fround(mean[channel]));
      return centered / Math.fround(std[channel]);
    });
  return [table(0), table(1), table(2)];
}
