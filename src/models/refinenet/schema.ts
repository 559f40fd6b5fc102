/** What config.json holds of a RefineNet. */
import * as z from 'zod';
import { ACTIVATIONS } from '../activations.ts';
import { ENCODER_NAMES, type EncoderName } from '../encoders/index.ts';
import type { RefineNetDefinition } from './definition.ts';

const count = z.int().min(1).max(65_536);
const units = z.int().min(0).max(64);
const probability = z.number().min(0).max(0.99);

export const refineNetSchema: z.ZodType<RefineNetDefinition> = z.object({
  encoder: z.enum(ENCODER_NAMES as [EncoderName, ...EncoderName[]]),
  stridePlacement: z.enum(['3x3', '1x1']),
  imageDivisors: z.array(z.int().min(1).max(16)).min(1).max(8),
  classes: count,
  decoder: z.object({
    kernel: z.literal([1, 3]),
    taps: z.array(z.string()).min(1).max(64),
    widths: z.array(count).min(1).max(64),
    cascade: z.array(z.int().min(1).max(64)).min(1).max(512),
    units: z.object({ adapt: units, output: units, head: units }),
    pooling: z.object({ order: z.enum(['pool-conv', 'conv-pool']), count: units }),
    fusion: z.enum(['all', 'previous']),
    skip: z.enum(['input', 'rectified']),
    activation: z.enum(Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[]),
    upsampling: z.enum(['align_corners', 'half_pixel']),
    classifier: z.literal([1, 3]),
    dropout: z.object({ features: probability, classifier: probability }),
  }),
});
