/** The kinds of mixing by name, and recipes made of them. Adding one is a file beside this and a line here. */
import type * as z from 'zod';
import { ShapeError } from '../../errors.ts';
import type { RandomStream } from '../../tensor/random.ts';
import { checkedSteps } from '../recipe-steps.ts';
import type { LabeledImage } from '../sample.ts';
import { classmix, copyPaste } from './classes.ts';
import { cutmix } from './cutmix.ts';
import { type MixKind, type PastedPixels, pasted } from './mix.ts';

export const MIXES = [cutmix, classmix, copyPaste] as const;

export const MIX_NAMES = MIXES.map(({ name }) => name);

type StepOf<Kind> = Kind extends MixKind<infer Name, infer Options> ? { readonly mix: Name } & z.input<Options> : never;

/** One step as it stands in JSON: the name and the options. */
export type MixStep = StepOf<(typeof MIXES)[number]>;

/** Steps in their order; each is done with its own probability, on what those before it made. */
export type MixRecipe = readonly MixStep[];

/** The streams of a sample's steps, and the other samples that are pasted from. */
export interface MixSource {
  random(step: number): RandomStream;
  /** Another sample, augmented, for a step; drawn from the step's stream. */
  other(step: number, random: RandomStream): Promise<LabeledImage>;
}

/**
 * All of a recipe as one function of augmented samples of one size.
 * @throws UsageError naming every step that is unknown or has options that do not fit.
 */
export function createMixing(
  recipe: readonly { readonly mix: string }[],
): (sample: LabeledImage, source: MixSource) => Promise<LabeledImage> {
  const steps = checkedSteps(recipe, 'mix', MIXES as readonly MixKind[], 'mixing').map(({ kind, options }) => ({
    probability: options.probability,
    choose: kind.create(options),
  }));
  return async (sample, source) => {
    let mixed = sample;
    for (const [index, { probability, choose }] of steps.entries()) {
      const random = source.random(index);
      if (random.uniform() >= probability) continue;
      mixed = mixedWith(mixed, await source.other(index, random), choose, random);
    }
    return mixed;
  };
}

function mixedWith(base: LabeledImage, other: LabeledImage, choose: PastedPixels, random: RandomStream): LabeledImage {
  if (base.image.width !== other.image.width || base.image.height !== other.image.height) {
    throw new ShapeError(
      `Mixing takes samples of one size, but after augmentation they are ${base.image.width}x${base.image.height} and ${other.image.width}x${other.image.height}. ` +
        'End the recipe with pad and crop, or with resize.',
    );
  }
  return pasted(base, other, choose(other, random));
}
