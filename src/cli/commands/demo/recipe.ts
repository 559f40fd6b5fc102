/** What `demo` trains: a network and a recipe small enough to learn in a minute. */
import { SHAPE_CLASSES } from '../../../data/drawn/shapes.ts';
import { architecture } from '../../../models/architectures.ts';
import type { NetworkDefinition } from '../../../models/families.ts';
import type { TrainingOverrides } from '../../../training/overrides.ts';

/** How much is drawn and learned. */
export interface DemoScale {
  /** Side of the images in pixels. */
  readonly size: number;
  readonly images: { readonly train: number; readonly val: number; readonly test: number };
  readonly batch: number;
  readonly epochs: number;
}

/** About a minute on two cores. */
export const FULL_SCALE: DemoScale = { size: 64, images: { train: 400, val: 16, test: 48 }, batch: 8, epochs: 12 };

/**
 * RefineNet on the finer half of ResNet-18: two of its four stages, two paths. Shapes are small, and what is not tapped is not
 * computed.
 */
export function demoNetwork(): NetworkDefinition {
  const published = architecture('refinenet-lw-resnet18', SHAPE_CLASSES.length);
  return {
    ...published,
    decoder: {
      ...published.decoder,
      taps: ['layer2', 'layer1'],
      widths: [64, 64],
      cascade: [1, 2],
      pooling: { ...published.decoder.pooling, count: 2 },
      dropout: { features: 0, classifier: 0 },
    },
  };
}

/** What differs from the default preset. */
export function demoRecipe({ size, batch, epochs }: DemoScale, seed: number): TrainingOverrides {
  const rate = 4e-3;
  return {
    seed,
    crop: size,
    batch,
    epochs,
    augmentation: [{ transform: 'flip' }, { transform: 'color-jitter', brightness: 0.2, contrast: 0.2 }],
    rates: { encoder: rate, decoder: rate, classifier: rate },
    schedule: { name: 'one-cycle', rise: 0.2, initial: 0.1, final: 0.01, warmup: 0 },
    classWeights: 'none',
    validateEvery: Math.max(1, Math.floor(epochs / 2)),
    samplesEvery: null,
  };
}
