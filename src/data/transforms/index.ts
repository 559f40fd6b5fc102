/** The transforms by name, and recipes made of them. Adding one is a file beside this and a line here. */
import type * as z from 'zod';
import { UsageError } from '../../errors.ts';
import type { RandomStream } from '../../tensor/random.ts';
import type { LabelledImage } from '../sample.ts';
import { blur } from './blur.ts';
import { colorJitter } from './color-jitter.ts';
import { crop } from './crop.ts';
import { flip } from './flip.ts';
import { pad } from './pad.ts';
import { rotate } from './rotate.ts';
import { resize, scale, shortSide } from './scale.ts';
import type { Transform, TransformKind } from './transform.ts';
import { realise, viewOf } from './view.ts';

export const TRANSFORMS = [scale, shortSide, resize, crop, pad, flip, rotate, colorJitter, blur] as const;

type StepOf<Kind> =
  Kind extends TransformKind<infer Name, infer Options> ? { readonly transform: Name } & z.input<Options> : never;

/** One step as it stands in JSON: the transform's name and its options. */
export type TransformStep = StepOf<(typeof TRANSFORMS)[number]>;

/** Steps in their order. */
export type TransformRecipe = readonly TransformStep[];

/**
 * All of a recipe as one function.
 * @throws UsageError naming every step that is unknown or has options that do not fit.
 */
export function createTransform(
  recipe: readonly { readonly transform: string }[],
): (sample: LabelledImage, random: RandomStream) => LabelledImage {
  const problems: string[] = [];
  const steps: Transform[] = [];
  for (const [index, { transform, ...options }] of recipe.entries()) {
    const where = `step ${index + 1} (${transform})`;
    const kind = TRANSFORMS.find(({ name }) => name === transform);
    if (!kind) {
      problems.push(
        `${where}: there is no such transform; choose one of ${TRANSFORMS.map(({ name }) => name).join(', ')}`,
      );
      continue;
    }
    const parsed = (kind.options as z.ZodType).safeParse(options);
    if (parsed.success) steps.push((kind.create as (options: unknown) => Transform)(parsed.data));
    else {
      for (const { path, message } of parsed.error.issues) {
        problems.push(`${where}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
      }
    }
  }
  if (problems.length > 0) throw new UsageError(`The augmentation recipe does not fit:\n${problems.join('\n')}`);
  return (sample, random) => realise(steps.reduce((view, step) => step(view, random), viewOf(sample)));
}
