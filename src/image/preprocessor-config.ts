/** Preprocessing as Hugging Face's `preprocessor_config.json`. */
import * as z from 'zod/mini';
import { FormatError } from '../errors.ts';
import { problemsOf, wholeNumber } from '../json-schema.ts';
import { IMAGENET_PREPROCESSING, type Preprocessing } from './preprocess.ts';
import type { ResampleFilter } from './resample.ts';

/** Pillow's numbers of the filters. */
const RESAMPLE_NUMBERS = { nearest: 0, bilinear: 2, bicubic: 3 } as const satisfies Record<ResampleFilter, number>;

const RESAMPLE_FILTERS = { 0: 'nearest', 2: 'bilinear', 3: 'bicubic' } as const satisfies Record<
  number,
  ResampleFilter
>;

/** The form of `preprocessor_config.json` that this library writes; transformers and transformers.js read it. */
export interface PreprocessorConfig {
  readonly image_processor_type: 'SegformerImageProcessor';
  readonly do_resize: boolean;
  readonly size?:
    | { readonly height: number; readonly width: number }
    | { readonly shortest_edge: number }
    | { readonly longest_edge: number };
  readonly resample: 0 | 2 | 3;
  readonly do_rescale: boolean;
  readonly rescale_factor: number;
  readonly do_normalize: boolean;
  readonly image_mean: readonly [number, number, number];
  readonly image_std: readonly [number, number, number];
  readonly do_reduce_labels: false;
}

/** The configuration to save beside a model; JSON-ready. */
export function toPreprocessorConfig(preprocessing: Preprocessing): PreprocessorConfig {
  const { resize, resample, rescaleFactor, mean, std } = preprocessing;
  return {
    image_processor_type: 'SegformerImageProcessor',
    do_resize: resize !== null,
    ...(resize !== null && { size: sizeOf(resize) }),
    resample: RESAMPLE_NUMBERS[resample],
    do_rescale: rescaleFactor !== 1,
    rescale_factor: rescaleFactor,
    do_normalize: [...mean, ...std].some((value, index) => value !== (index < 3 ? 0 : 1)),
    image_mean: mean,
    image_std: std,
    do_reduce_labels: false,
  };
}

function sizeOf(resize: NonNullable<Preprocessing['resize']>): NonNullable<PreprocessorConfig['size']> {
  if ('width' in resize) return { height: resize.height, width: resize.width };
  return 'longestEdge' in resize ? { longest_edge: resize.longestEdge } : { shortest_edge: resize.shortestEdge };
}

const side = wholeNumber(1, 65_535);
const threeNumbers = z.tuple([z.number(), z.number(), z.number()]);
const off = (reason: string) => z.nullish(z.literal(false, { error: reason }));

const schema = z.object({
  do_resize: z._default(z.boolean(), true),
  // A bare number is what older configurations of this processor have; it means a square.
  size: z.optional(
    z.union(
      [
        z.strictObject({ height: side, width: side }),
        z.strictObject({ shortest_edge: side }),
        z.strictObject({ longest_edge: side }),
        side,
      ],
      {
        error:
          'expected {height, width}, {shortest_edge}, {longest_edge} or one number, in whole pixels from 1 to 65535',
      },
    ),
  ),
  resample: z._default(
    z.literal([0, 2, 3], { error: 'expected 0 (nearest), 2 (bilinear) or 3 (bicubic)' }),
    RESAMPLE_NUMBERS.bilinear,
  ),
  do_rescale: z._default(z.boolean(), true),
  rescale_factor: z._default(z.number(), IMAGENET_PREPROCESSING.rescaleFactor),
  do_normalize: z._default(z.boolean(), true),
  image_mean: z._default(threeNumbers, [...IMAGENET_PREPROCESSING.mean]),
  image_std: z._default(
    threeNumbers.check(
      z.refine((std) => std.every((value) => value !== 0), { error: 'has a 0, by which cannot be divided' }),
    ),
    [...IMAGENET_PREPROCESSING.std],
  ),
  do_center_crop: off('cropping is not supported, as it would cut the borders off the segmentation'),
  do_pad: off('padding by the processor is not supported; the network pads what it needs itself'),
});

/**
 * The preprocessing that a parsed `preprocessor_config.json` asks for. What is absent has the defaults of the Segformer
 * processor; what does not concern the image's numbers is ignored (`do_reduce_labels` among it, which changes masks only).
 * @throws FormatError naming every field that is wrong.
 */
export function fromPreprocessorConfig(json: unknown): Preprocessing {
  const result = schema.safeParse(json);
  if (!result.success) {
    throw new FormatError(`preprocessor_config.json does not fit: ${problemsOf(result.error).join('; ')}.`);
  }
  const config = result.data;
  return {
    resize: config.do_resize ? resizeOf(config.size) : null,
    resample: RESAMPLE_FILTERS[config.resample],
    rescaleFactor: config.do_rescale ? config.rescale_factor : 1,
    mean: config.do_normalize ? config.image_mean : [0, 0, 0],
    std: config.do_normalize ? config.image_std : [1, 1, 1],
  };
}

function resizeOf(size: z.infer<typeof schema>['size']): Preprocessing['resize'] {
  if (size === undefined) {
    throw new FormatError(
      'preprocessor_config.json does not fit: size: missing, though do_resize is on. Give a size, or set do_resize to false.',
    );
  }
  if (typeof size === 'number') return { width: size, height: size };
  if ('longest_edge' in size) return { longestEdge: size.longest_edge };
  return 'shortest_edge' in size ? { shortestEdge: size.shortest_edge } : { width: size.width, height: size.height };
}
