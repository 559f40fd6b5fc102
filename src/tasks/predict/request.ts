/** What can be asked of `predict`. */
import * as z from 'zod';
import { OUTPUT_FORMAT_NAMES, REGIONS } from '../names.ts';
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
  minimumPixels: z.int().min(1).optional(),
  /** How far polygons may stray from edges, in pixels. */
  tolerance: z.number().min(0).max(1000).optional(),
  /** Of the colors in the overlay. */
  opacity: z.number().min(0).max(1).default(0.5),
  /** Only the images of the `index`-th of `count` equal parts, from 1 on. */
  shard: z
    .strictObject({ index: z.int().min(1), count: z.int().min(1) })
    .refine(({ index, count }) => index <= count, { error: 'the index is beyond the count' })
    .optional(),
  /** Images with more pixels are refused. */
  pixelLimit: z.int().min(1).optional(),
});

export type PredictRequest = z.output<typeof PREDICT_REQUEST>;
