/** Evaluation protocols: at which sizes an image enters the network, and how the results are averaged. */
import { UsageError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { networkSize, type Preprocessing } from '../image/preprocess.ts';
import { type ResampleFilter, resizeImage } from '../image/resample.ts';
import { shownValue } from '../text.ts';

/**
 * How several score maps become one. `probabilities`: logits are brought to the image's size (bilinear), and the softmax
 * is averaged there. `log-probabilities`: the logarithm of the softmax, no less than -20, is brought to the largest map's size
 * (bicubic); its exponentials are averaged and kept within [0, 1]; the logarithm of that, no less than -20, is brought to the
 * image's size (bicubic).
 */
export type Averaging = 'probabilities' | 'log-probabilities';

/** The sizes through which an image comes into the network: the last one enters it. */
export type InputSizes = readonly { readonly width: number; readonly height: number }[];

/** How an image is segmented in several runs: at which sizes it enters the network, and how the results become one. */
export interface Protocol {
  /** Factors of the size at which an image otherwise enters the network. */
  readonly scales: readonly number[];
  /** Whether each scale is also run on the image mirrored left to right. */
  readonly flip: boolean;
  readonly averaging: Averaging;
  /** The filter of resizing; null for the model's own. */
  readonly resample: ResampleFilter | null;
  /** Whether it chooses sizes by the image alone: `Preprocessing.resize` then does nothing. */
  readonly setsSizes: boolean;
  /** The sizes in pixels by way of which an image comes to the size of a run; the last one enters the network. */
  readonly inputSizes: (
    image: { readonly width: number; readonly height: number },
    scale: number,
    preprocessing: Preprocessing,
  ) => InputSizes;
}

/** What the option `protocol` takes; `PROTOCOLS` says what each stands for. */
export const PROTOCOL_NAMES = ['plain', 'refinenet', 'refinenet-cityscapes'] as const;

/** One of `PROTOCOL_NAMES`. */
export type ProtocolName = (typeof PROTOCOL_NAMES)[number];

/** The factor that is part of the authors' networks: `p_ims1d2`, the beginning of their parameters' names, means it. */
const AUTHORS_INPUT_SCALE = 1.2;

/**
 * `plain`: one run at the model's own size. `refinenet`: that of the paper's authors, for models imported from them, with
 * their bounds of the shorter side for all data sets but Cityscapes; `refinenet-cityscapes` has those of Cityscapes.
 *
 * Two details of the authors' files are left out: they keep each scale's probabilities as bytes in between, which only
 * loses digits; and MATLAB mirrors pixels beyond an image's border where resizing here weighs those inside (the cubic
 * is the same), which touches the outermost two pixels.
 */
export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  plain: {
    scales: [1],
    flip: false,
    averaging: 'probabilities',
    resample: null,
    setsSizes: false,
    inputSizes: (image, scale, preprocessing) => {
      const { width, height } = networkSize(image.width, image.height, preprocessing);
      return [{ width: Math.round(width * scale), height: Math.round(height * scale) }];
    },
  },
  refinenet: authors(450, 800),
  'refinenet-cityscapes': authors(600, 1100),
};

function authors(shortest: number, longest: number): Protocol {
  return {
    scales: [0.4, 0.6, 0.8, 1, 1.2],
    flip: false,
    averaging: 'log-probabilities',
    resample: 'bicubic',
    setsSizes: true,
    inputSizes({ width, height }, scale) {
      const side = Math.min(width, height);
      const factor = (Math.min(Math.max(side, shortest), longest) / side) * scale;
      const first = { width: ceiling(width * factor), height: ceiling(height * factor) };
      return [
        first,
        {
          width: Math.round(first.width * AUTHORS_INPUT_SCALE),
          height: Math.round(first.height * AUTHORS_INPUT_SCALE),
        },
      ];
    },
  };
}

/** The protocol of a name. @throws UsageError if there is none */
export function protocolNamed(name: ProtocolName): Protocol {
  if (Object.hasOwn(PROTOCOLS, name)) return PROTOCOLS[name];
  throw new UsageError(`protocol is ${shownValue(name)}; choose from ${PROTOCOL_NAMES.join(', ')}.`);
}

/** The next whole number, unless rounding errors alone put the product above one. */
const ceiling = (value: number): number => Math.ceil(value - 1e-9);

/** A test-time view: how the network sees an image in one of several runs. */
export interface TestTimeView {
  readonly scale: number;
  /** Whether the image is mirrored left to right, and the result mirrored back. */
  readonly flip: boolean;
}

/** Beyond these a scale is a slip of the pen. */
const SCALE_RANGE = [0.05, 8] as const;

/**
 * The runs of a protocol; `scales` and `flip` replace the protocol's own.
 * @throws UsageError if the scales are no list, or one is no number from 0.05 to 8, or there is none.
 */
export function testTimeViews(
  { scales: usual, flip: usually }: Protocol,
  {
    scales = usual,
    flip = usually,
  }: { readonly scales?: readonly number[] | undefined; readonly flip?: boolean | undefined },
): readonly TestTimeView[] {
  if (!Array.isArray(scales)) {
    throw new UsageError(`scales is ${shownValue(scales)}; give a list of numbers, such as [0.75, 1, 1.25].`);
  }
  const [least, most] = SCALE_RANGE;
  const wrong = scales.filter((scale) => !(typeof scale === 'number' && scale >= least && scale <= most));
  if (wrong.length > 0 || scales.length === 0) {
    const got = scales.length === 0 ? 'there are none' : `got ${wrong.map(shownValue).join(', ')}`;
    throw new UsageError(`Scales are numbers from ${least} to ${most}, but ${got}. For example: 0.75, 1, 1.25.`);
  }
  return scales.flatMap((scale) => [{ scale, flip: false }, ...(flip ? [{ scale, flip: true }] : [])]);
}

/** The image at the size at which it enters the network, by way of the sizes before. */
export function resizeThrough(source: Image, sizes: InputSizes, filter: ResampleFilter): Image {
  return sizes.reduce<Image>((image, { width, height }) => resizeImage(image, width, height, filter), source);
}
