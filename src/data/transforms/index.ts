/** The transforms by name, and recipes made of them. Adding one is a file beside this and a line here. */
import type * as z from 'zod';
import type { RandomStream } from '../../tensor/random.ts';
import { checkedSteps } from '../recipe-steps.ts';
import type { LabeledImage } from '../sample.ts';
import { blur } from './blur.ts';
import { colorJitter } from './color-jitter.ts';
import { crop } from './crop.ts';
import { flip } from './flip.ts';
import { pad } from './pad.ts';
import { rotate } from './rotate.ts';
import { longSide, resize, scale, shortSide } from './scale.ts';
import type { TransformKind } from './transform.ts';
import { realize, viewOf } from './view.ts';

export const TRANSFORMS = [scale, shortSide, longSide, resize, crop, pad, flip, rotate, colorJitter, blur] as const;

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
): (sample: LabeledImage, random: RandomStream) => LabeledImage {
  const steps = checkedSteps(recipe, 'transform', TRANSFORMS as readonly TransformKind[], 'augmentation').map(
    ({ kind, options }) => kind.create(options),
  );
  return (sample, random) => realize(steps.reduce((view, step) => step(view, random), viewOf(sample)));
}
