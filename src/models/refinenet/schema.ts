/** What config.json holds of a RefineNet. */
import * as z from 'zod/mini';
import { listOf, numberBetween, wholeNumber } from '../../json-schema.ts';
import { ACTIVATIONS } from '../activations.ts';
import { ENCODER_STRIDES } from '../encoders/encoder.ts';
import { ENCODER_NAMES, type EncoderName } from '../encoders/index.ts';
import type { RefineNetDefinition } from './definition.ts';

const count = wholeNumber(1, 65_536);
const units = wholeNumber(0, 64);
const probability = numberBetween(0, 0.99);

/** Whether divisors of an image's size go from coarse to fine, and end with the whole image. */
function areScales(divisors: readonly number[]): boolean {
  return divisors.every((divisor, at) => divisor > (divisors[at + 1] ?? 0)) && divisors.at(-1) === 1;
}

export const refineNetSchema: z.ZodMiniType<RefineNetDefinition> = z.object({
  encoder: z.enum(ENCODER_NAMES as [EncoderName, ...EncoderName[]]),
  stridePlacement: z.enum(['3x3', '1x1']),
  encoderStride: z.optional(z.literal(ENCODER_STRIDES)),
  imageDivisors: listOf(wholeNumber(1, 16), 1, 8).check(
    z.refine(areScales, { error: 'Must fall from number to number and end in 1' }),
  ),
  classes: count,
  decoder: z.object({
    kernel: z.literal([1, 3]),
    taps: listOf(z.string(), 1, 64),
    widths: listOf(count, 1, 64),
    imagePooling: z.optional(z.union([z.boolean(), z.literal('projected')])),
    cascade: listOf(wholeNumber(1, 64), 1, 512),
    units: z.object({ adapt: units, output: units, head: units }),
    pooling: z.object({ order: z.enum(['pool-conv', 'conv-pool']), count: z.union([units, listOf(units, 1, 64)]) }),
    fusion: z.enum(['all', 'previous']),
    skip: z.enum(['input', 'rectified']),
    activation: z.enum(Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[]),
    upsampling: z.enum(['align_corners', 'half_pixel']),
    interpolation: z.optional(z.enum(['linear', 'cubic'])),
    classifier: z.literal([1, 3]),
    crf: z.optional(
      z.object({
        dilations: listOf(wholeNumber(1, 64), 1, 8),
        color: numberBetween(0.001, 1000),
        weight: numberBetween(0, 1000),
        iterations: wholeNumber(1, 16),
      }),
    ),
    dropout: z.object({ features: probability, classifier: probability }),
  }),
});
