/** Windows over feature maps laid out in one launch, and put back in one: by convolutions with ones at single positions. */
import { elementCount } from '../../../tensor/shape.ts';
import { numbersLike } from '../../ops/constants.ts';
import { conv, type Pair, type Window } from '../../ops/conv.ts';
import { convTranspose } from '../../ops/conv-transpose.ts';
import { concat, split } from '../../ops/structure.ts';
import { knownShape, type Value } from '../../value.ts';
import { type Extents, unreached } from '../convolution/attributes.ts';

/** A launch binds eight buffers on every WebGPU device: what is cut or joined, and so many parts. */
export const MOST_PARTS = 7;

/** The most numbers that windows are laid out to at once: 128 MiB, which every device binds. More go by rows of the kernel, and then by images. */
export const LAID_OUT_AT_ONCE = 2 ** 25;

/**
 * x [N, C, H, W] as its windows' elements [N, C kh kw, h, w], those of a channel beside each other in row-major order; zeros where
 * a window reaches beyond x.
 */
export function unfold(x: Value, { kernel, stride, dilation, pads }: Window): Value {
  const [, channels] = knownShape(x) as Extents;
  return conv(x, positions(x, channels, kernel), null, { stride, dilation, pads, groups: channels });
}

/** The sum of windows' elements [N, C kh kw, h, w] where they lay in maps of the given extents: the transpose of `unfold`. */
export function fold(windows: Value, extents: Extents, window: Window): Value {
  const [, channels] = extents;
  const { kernel, stride, dilation, pads } = window;
  return convTranspose(windows, positions(windows, channels, kernel), {
    stride,
    dilation,
    pads,
    groups: channels,
    outputPadding: unreached(extents, window),
  });
}

/** Numbers that `unfold` gives. @param maps a value of the extents of what the windows give. */
export const unfoldedCount = (maps: Value, { kernel: [height, width] }: Pick<Window, 'kernel'>): number =>
  elementCount(knownShape(maps)) * height * width;

/**
 * What a function gives of as many images at a time as it may take, at least one.
 * @param values of the same images, [N, ...] each.
 * @param numbers that are laid out for all images.
 */
export function byImages(
  values: readonly Value[],
  numbers: number,
  atOnce: number,
  of: (values: readonly Value[]) => Value,
): readonly Value[] {
  const [batch] = knownShape(values[0] as Value) as readonly [number];
  const most = Math.max(1, Math.floor((atOnce * batch) / numbers));
  const count = Math.min(MOST_PARTS, Math.ceil(batch / most));
  if (count <= 1) return [of(values)];
  const lengths = Array.from(
    { length: count },
    (_, part) => Math.floor(((part + 1) * batch) / count) - Math.floor((part * batch) / count),
  );
  const parts = values.map((value) => split(value, 0, lengths));
  return lengths.flatMap((images, part) =>
    byImages(
      parts.map((ofValue) => ofValue[part] as Value),
      (numbers * images) / batch,
      atOnce,
      of,
    ),
  );
}

/** One behind the other along the first axis, in launches that bind no more than every device does. */
export function joinImages(parts: readonly Value[]): Value {
  if (parts.length === 1) return parts[0] as Value;
  const joined: Value[] = [];
  for (let at = 0; at < parts.length; at += MOST_PARTS) {
    const some = parts.slice(at, at + MOST_PARTS);
    joined.push(some.length === 1 ? (some[0] as Value) : concat(some, 0));
  }
  return joinImages(joined);
}

/** A kernel for every position of a window, for each channel: [C kh kw, 1, kh, kw]. */
function positions(like: Value, channels: number, [height, width]: Pair): Value {
  const count = height * width;
  const ones = Float32Array.from({ length: channels * count * count }, (_, at) =>
    at % count === Math.floor(at / count) % count ? 1 : 0,
  );
  return numbersLike(like, [channels * count, 1, height, width], ones);
}
