/** What can be asked of `predict-video`. */
import * as z from 'zod';
import { VIDEO_MASKS } from '../../names.ts';
import { numberField } from '../../number-field.ts';
import { RUN_FIELDS } from '../../run-options.ts';

export const VIDEO_REQUEST = z.strictObject({
  /** A video's file; a camera or an address where what reads videos knows it. */
  video: z.string(),
  /** Begins the names of the files that are written. */
  name: z.string(),
  model: z.string().optional(),
  /** The folder where results go. */
  output: z.string().default('runs/predict'),
  ...RUN_FIELDS,
  /** Of the colors in the overlay. */
  opacity: numberField('opacity').default(0.5),
  /** Every n-th frame is segmented, and its labels are shown until the next one. */
  every: numberField('every').default(1),
  /** In how many segmented frames in a row a pixel must have another class before it takes it. */
  smooth: numberField('smooth').default(1),
  /** How masks are kept: a PNG for each segmented frame, one video without loss, or not at all. */
  masks: z.enum(VIDEO_MASKS).default('png'),
});

export type VideoRequest = z.output<typeof VIDEO_REQUEST>;
