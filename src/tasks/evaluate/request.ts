/** What can be asked of `evaluate`. */
import * as z from 'zod';
import { ABSENT_RULE_NAMES } from '../../evaluation/absent-classes.ts';
import { BOUNDARY_TOLERANCE } from '../../evaluation/boundary.ts';
import { DATASET_FIELDS } from '../dataset-fields.ts';
import { numberField } from '../number-field.ts';
import { RUN_FIELDS } from '../run-options.ts';

export const MASK_ENCODINGS = ['ids', 'dataset'] as const;
export type MaskEncodingName = (typeof MASK_ENCODINGS)[number];

export const EVALUATE_REQUEST = z.strictObject({
  /**
   * What is scored: one model, one folder of saved masks, or one or more of saved probabilities, which are averaged; the
   * default model for none.
   */
  predictions: z.array(z.string()).default([]),
  /** The data set's folder or the file that describes it. */
  dataset: z.string(),
  ...DATASET_FIELDS,
  /** The part of it to measure on; `val`, or the only one there is, when left out. */
  split: z.string().optional(),
  /** The folder where report.json and images go. */
  output: z.string().default('runs/val'),
  ...RUN_FIELDS,
  /** What classes without a true pixel do to means. */
  absent: z.enum(ABSENT_RULE_NAMES).default('standard'),
  /** How far contours may be off, as a share of the image's diagonal. */
  boundaryTolerance: numberField('boundaryTolerance').default(BOUNDARY_TOLERANCE),
  /** Whether saved masks hold class ids, or are written as the data set's own. */
  encoding: z.enum(MASK_ENCODINGS).default('ids'),
  /** Scores saved probabilities also where a single folder has masks or a model as well. */
  fuse: z.boolean().default(false),
  /** The folder where predictions are kept. */
  save: z.string().optional(),
  /** Keeps probabilities too, with `save`. */
  saveProbabilities: z.boolean().default(false),
  /** Images on the sheet of the worst. */
  worst: numberField('worst').default(8),
});

export type EvaluateRequest = z.output<typeof EVALUATE_REQUEST>;
