/** Changing a recipe's augmentation in one place, without writing it anew. */
import type { TransformRecipe, TransformStep } from '../data/transforms/index.ts';
import { UsageError } from '../errors.ts';

type ColorJitter = Omit<Extract<TransformStep, { transform: 'color-jitter' }>, 'transform'>;

export interface AugmentationAdjustments {
  /** Least and most by which an image is resized at random, in place of what the augmentation has. */
  readonly scale?: readonly [number, number];
  /** How far colors change, in place of what the augmentation has; null for not at all. */
  readonly colorJitter?: ColorJitter | null;
}

/** The augmentation with the asked changes. @throws UsageError if a range is given and it resizes nothing at random. */
export function adjusted(
  augmentation: TransformRecipe,
  { scale, colorJitter }: AugmentationAdjustments,
): TransformRecipe {
  const scaled = scale === undefined ? augmentation : withScale(augmentation, scale);
  if (colorJitter === undefined) return scaled;
  const others = scaled.filter(({ transform }) => transform !== 'color-jitter');
  // Last, where the crop has left the fewest pixels to change.
  return colorJitter === null ? others : [...others, { transform: 'color-jitter', ...colorJitter }];
}

function withScale(augmentation: TransformRecipe, range: readonly [number, number]): TransformRecipe {
  if (!augmentation.some(({ transform }) => transform === 'scale')) {
    throw new UsageError('This recipe resizes no image at random, so there is no range to change.');
  }
  return augmentation.map((step) => {
    if (step.transform !== 'scale') return step;
    const { factors: _, ...others } = step;
    return { ...others, range: [...range] };
  });
}
