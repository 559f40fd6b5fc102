/** What can be asked of `import`. */
import * as z from 'zod';
import { ENCODER_STRIDES } from '../../models/encoders/encoder.ts';
import { POOLING_ORDERS, REINITIALIZED_PARTS, SKIPS, STRIDE_PLACEMENTS } from '../names.ts';
import { numberField } from '../number-field.ts';
import { RESIZE_RULE } from '../run-options.ts';

export const IMPORT_REQUEST = z.strictObject({
  /** The checkpoint. */
  file: z.string(),
  /** The model folder to write. */
  output: z.string(),
  /** Overrules what is recognized from names and shapes. */
  architecture: z.string().optional(),
  /** How many there are, or their names: a file, or a known set; as many as the checkpoint has when left out. */
  classes: z.union([numberField('classes'), z.string()]).optional(),
  resize: RESIZE_RULE.default(null),
  /** The order in chained residual pooling. */
  poolingOrder: z.enum(POOLING_ORDERS).optional(),
  /** The kernel of a bottleneck in which its stride sits. */
  stride: z.enum(STRIDE_PLACEMENTS).optional(),
  /** Input pixels between neighbors of the encoder's coarsest feature; 32 when left out. */
  encoderStride: z.literal(ENCODER_STRIDES).optional(),
  /** What residual conv units add. */
  skip: z.enum(SKIPS).optional(),
  /** The part for which fresh weights are drawn. */
  reinitialize: z.enum(REINITIALIZED_PARTS).default('none'),
  /** Seeds fresh weights. */
  seed: numberField('seed').default(0),
  /** Whether the output is replaced. */
  force: z.boolean().default(false),
});

export type ImportRequest = z.output<typeof IMPORT_REQUEST>;
