/** What can be asked of `export`. */
import * as z from 'zod';
import { EXPORT_FORMAT_NAMES, PRECISION_NAMES } from '../names.ts';
import { numberField } from '../number-field.ts';
import { RESIZE_RULE } from '../run-options.ts';

export const EXPORT_REQUEST = z.strictObject({
  /** A model's folder, package or shipped name. */
  model: z.string(),
  /** Models of the same network whose weights' mean with the model's is exported. */
  meanWith: z.array(z.string()).default([]),
  /** The size at which the exported model sees images from then on; the model's own when left out. */
  resize: RESIZE_RULE.optional(),
  /** The weight of a conditional random field that moves scores to the edges of images, 0 for none; the model's own when left out. */
  crf: numberField('crf').optional(),
  format: z.enum(EXPORT_FORMAT_NAMES).default('onnx'),
  precision: z.enum(PRECISION_NAMES).default('float32'),
  /** For int8: images like those to be segmented, or a data set; that of `dataset` when left out. */
  calibration: z.string().optional(),
  /** How many of them. */
  calibrationImages: numberField('calibrationImages').default(32),
  /** Labeled images to measure the mIoU on, in float32 and in the precision. */
  dataset: z.string().optional(),
  /** The part of the data set to measure on. */
  split: z.string().default('val'),
  /** The file or folder to write. */
  output: z.string().default('runs/export'),
  /** Whether what is there is replaced. */
  force: z.boolean().default(false),
});

export type ExportRequest = z.output<typeof EXPORT_REQUEST>;
