/** Changing a recipe's augmentation in one place, without writing it anew. */
import type { TransformRecipe, TransformStep } from '../data/transforms/index.ts';
import { UsageError } from '../errors.ts';
import type { Preprocessing } from '../image/preprocess.ts';
import { sameJson } from '../json-values.ts';

/** What crops of training are cut around: nothing, or a random pixel of a random class that the image has. */
export const CROP_RULES = ['random', 'class'] as const;

/** How a crop's place is drawn: `random` anywhere, or `class` around a random pixel of a random class of the image. */
export type CropRule = (typeof CROP_RULES)[number];

type ColorJitter = Omit<StepNamed<'color-jitter'>, 'transform'>;

/** What is changed in a recipe's augmentation; what is left out stays as it is. */
export interface AugmentationAdjustments {
  /** Least and most by which an image is resized at random, in place of what the augmentation has. */
  readonly scale?: readonly [number, number];
  /** What crops are cut around, in place of what the augmentation has: `class` sees rare classes as often as frequent ones. */
  readonly cropBy?: CropRule;
  /** How far colors change, in place of what the augmentation has; null for not at all. */
  readonly colorJitter?: ColorJitter | null;
}

/**
 * The augmentation with the asked changes.
 * @throws UsageError if a range is given and it resizes nothing at random, or crops are to be cut and it cuts none.
 */
export function adjusted(
  augmentation: TransformRecipe,
  { scale, cropBy, colorJitter }: AugmentationAdjustments,
): TransformRecipe {
  const scaled = scale === undefined ? augmentation : withScale(augmentation, scale);
  const cut = cropBy === undefined ? scaled : withCrops(scaled, cropBy);
  if (colorJitter === undefined) return cut;
  const others = cut.filter(({ transform }) => transform !== 'color-jitter');
  // Last, where the crop has left the fewest pixels to change.
  return colorJitter === null ? others : [...others, { transform: 'color-jitter', ...colorJitter }];
}

const withScale = (augmentation: TransformRecipe, range: readonly [number, number]): TransformRecipe =>
  withSteps(
    augmentation,
    'scale',
    ({ factors: _, ...others }) => ({ ...others, range: [...range] }),
    'This recipe resizes no image at random, so there is no range to change.',
  );

const withCrops = (augmentation: TransformRecipe, by: CropRule): TransformRecipe =>
  withSteps(
    augmentation,
    'crop',
    (step) => ({ ...step, by }),
    'This recipe cuts no crops, so there is nothing to cut them by.',
  );

type StepNamed<Name> = Extract<TransformStep, { transform: Name }>;

/** The augmentation with each of its steps of that name changed. @throws UsageError with the message if it has none. */
function withSteps<Name extends TransformStep['transform']>(
  augmentation: TransformRecipe,
  name: Name,
  change: (step: StepNamed<Name>) => TransformStep,
  missing: string,
): TransformRecipe {
  const isNamed = (step: TransformStep): step is StepNamed<Name> => step.transform === name;
  if (!augmentation.some(isNamed)) throw new UsageError(missing);
  return augmentation.map((step) => (isNamed(step) ? change(step) : step));
}

/** The steps by which an image comes to the size at which a model sees it. */
export function resizeSteps(resize: Preprocessing['resize']): TransformRecipe {
  if (resize === null) return [];
  if ('width' in resize) return [{ transform: 'resize', ...resize }];
  if ('longestEdge' in resize) return [{ transform: 'long-side', min: resize.longestEdge, max: resize.longestEdge }];
  return [{ transform: 'short-side', min: resize.shortestEdge, max: resize.shortestEdge }];
}

/** The augmentation with those of one size in front, in place of those of another. */
export function resizedFirst(
  augmentation: TransformRecipe,
  former: Preprocessing['resize'],
  resize: Preprocessing['resize'],
): TransformRecipe {
  const steps = resizeSteps(former);
  const isThere = steps.every((step, index) => sameJson(step, augmentation[index]));
  return [...resizeSteps(resize), ...(isThere ? augmentation.slice(steps.length) : augmentation)];
}
