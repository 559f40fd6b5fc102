/** What can be asked of `train`. */
import * as z from 'zod';
import { ENCODER_STRIDES } from '../../models/encoders/encoder.ts';
import { PRESET_NAMES } from '../../training/presets.ts';
import { DATASET_FIELDS } from '../dataset-fields.ts';
import { numberField } from '../number-field.ts';
import { ENGINE_FIELDS } from '../run-options.ts';
import { RECIPE_FIELDS } from './recipe.ts';

export const TRAIN_REQUEST = z.strictObject({
  /** The data set's folder or the file that describes it; when resuming, that of the run when left out. */
  dataset: z.string().optional(),
  ...DATASET_FIELDS,
  /** A folder of predictions, as `predict` writes them: its images are trained on beside the data set's. */
  pseudoLabels: z.string().optional(),
  /** The least confidence that is learned from in these; 0.6 when left out. */
  confidence: numberField('confidence').optional(),
  /** The network; that of the weights, or a small one, when left out. */
  architecture: z.string().optional(),
  /** A file that describes a network, in place of an architecture and what varies it: a config.json, or the network's block of one. */
  network: z.string().optional(),
  /** How many RefineNet blocks, from the coarsest; weights of a network with fewer grow. */
  blocks: numberField('blocks').optional(),
  /** Channels of each path, the coarsest first. */
  widths: z.array(z.int().positive()).optional(),
  /** Input pixels between neighbors of the encoder's coarsest feature: below 32 its last stages are dilated. */
  encoderStride: z.literal(ENCODER_STRIDES).optional(),
  /** Whether, and how, the coarsest path also takes what the image is of as a whole. */
  imagePooling: z.union([z.boolean(), z.literal('projected')]).optional(),
  /** The probability with which elements of the coarse features are dropped in training; the architecture's when left out. */
  dropout: numberField('dropout').optional(),
  /** A checkpoint or a model folder to start from: an encoder's or a whole network's. */
  weights: z.string().optional(),
  /** A model folder, or the name of a shipped one: what the loss `distill` learns from. */
  teacher: z.string().optional(),
  /** The recipe; `fine-tune` with weights, otherwise `default`, when left out. */
  preset: z.enum(PRESET_NAMES).optional(),
  /** The run to go on with, as if it had not been interrupted. */
  resume: z.string().optional(),
  /** The new run's place, behind which a number is put if it is taken; `runs/train` when left out. */
  output: z.string().optional(),
  ...ENGINE_FIELDS,
  ...RECIPE_FIELDS,
});

export type TrainRequest = z.output<typeof TRAIN_REQUEST>;
