/** What can be asked of `predict`. */
import * as z from 'zod';
import { OUTPUT_FORMAT_NAMES, REGIONS } from '../names.ts';
import { numberField } from '../number-field.ts';
import { RUN_FIELDS } from '../run-options.ts';

export const PREDICT_REQUEST = z.strictObject({
  /** Files, folders or patterns. */
  images: z.array(z.string()).min(1),
  /** A model's folder, package or shipped name; the default one when left out. */
  model: z.string().optional(),
  /** The folder where results go. */
  output: z.string().default('runs/predict'),
  ...RUN_FIELDS,
  /** Whether to write the probabilities of all classes, and the network's own output. */
  probabilities: z.boolean().default(false),
  logits: z.boolean().default(false),
  /** Further formats. */
  formats: z.array(z.enum(OUTPUT_FORMAT_NAMES)).default([]),
  /** What documents list. */
  regions: z.enum(REGIONS).optional(),
  /** Smaller regions are left out of them. */
  minimumPixels: numberField('minimumPixels').optional(),
  /** How far polygons may stray from edges, in pixels. */
  tolerance: numberField('tolerance').optional(),
  /** The opacity of the colors in the overlay. */
  opacity: numberField('opacity').default(0.5),
  /** Only the images of the `index`-th of `count` equal parts, from 1 on. */
  shard: z
    .strictObject({ index: z.int().min(1), count: z.int().min(1) })
    .refine(({ index, count }) => index <= count, { error: 'the index is beyond the count' })
    .optional(),
  /** Images with more pixels are refused. */
  pixelLimit: numberField('pixelLimit').optional(),
});

export type PredictRequest = z.output<typeof PREDICT_REQUEST>;
