/** The ranges of a model's activations as the file `quantization.json` of its folder. */
import * as z from 'zod/mini';
import { FormatError } from '../../errors.ts';
import type { ActivationRanges } from '../../graph/rewrite/quantize-network.ts';
import { listOf, problemsOf } from '../../json-schema.ts';

export const QUANTIZATION_FILE = 'quantization.json';

const schema = z.object({
  calibration: z.object({ images: z.int().check(z.gte(1)) }),
  activations: listOf(z.object({ name: z.string(), minimum: z.number(), maximum: z.number() }), 1, 100_000),
});

/** The file's content; JSON-ready. `images` is the number of images that the ranges were found on. */
export function toQuantizationFile(ranges: ActivationRanges, images: number): z.infer<typeof schema> {
  return {
    calibration: { images },
    activations: [...ranges].map(([name, { minimum, maximum }]) => ({ name, minimum, maximum })),
  };
}

/**
 * The ranges that a parsed `quantization.json` holds.
 * @param source names the file in errors.
 * @throws FormatError naming every field that is wrong.
 */
export function fromQuantizationFile(json: unknown, source: string = QUANTIZATION_FILE): ActivationRanges {
  const result = schema.safeParse(json);
  const problems = result.success
    ? result.data.activations
        .filter(({ minimum, maximum }) => minimum > maximum)
        .map(({ name, minimum, maximum }) => `${name}: the minimum ${minimum} is above the maximum ${maximum}`)
    : problemsOf(result.error);
  if (!result.success || problems.length > 0) {
    throw new FormatError(
      `${source} does not hold ranges of activations: ${problems.slice(0, 8).join('; ')}. ` +
        'Make the folder anew: refinenet export MODEL --format folder --precision int8 --calibration FOLDER.',
    );
  }
  return new Map(result.data.activations.map(({ name, minimum, maximum }) => [name, { minimum, maximum }]));
}
