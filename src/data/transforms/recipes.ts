/** Augmentation as it was published. */
import type { TransformRecipe } from './index.ts';

/** As Light-Weight RefineNet's authors train: scaled by 0.5 ... 2 with a shorter side of at least 350, padded, mirrored, cropped. */
export function lightWeightAugmentation(crop = 500): TransformRecipe {
  return [
    { transform: 'scale', range: [0.5, 2], shortSide: Math.min(350, Math.round(0.7 * crop)) },
    { transform: 'pad', size: crop },
    { transform: 'flip' },
    { transform: 'crop', size: crop },
  ];
}

/** As the paper's authors train: shorter side within 450 ... 1100, scaled by one of seven factors, mirrored, cropped around a class. */
export function paperAugmentation(crop = 400): TransformRecipe {
  return [
    { transform: 'short-side', min: 450, max: 1100 },
    { transform: 'scale', factors: [0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3] },
    { transform: 'flip' },
    // A batch takes one size; the authors' batches are of one picture and need none.
    { transform: 'pad', size: crop },
    { transform: 'crop', size: crop, by: 'class' },
  ];
}
