/** Named training recipes, as data. Adding one is an entry here. */
import type { TransformRecipe } from '../data/transforms/index.ts';
import type { CropRule } from './augmentation.ts';
import type { ScheduleDefinition } from './schedules.ts';
import type { ParameterGroup, StepDefinition } from './step/types.ts';

/** How class weights are found: none, or from the classes' shares of the training pixels, more for rarer ones. */
export type ClassWeighting = 'none' | 'auto';

/** A training recipe, from which `planTraining` makes the configuration of a run. */
export interface Preset {
  /** What it is and where it comes from, in a sentence. */
  readonly summary: string;
  readonly epochs: number;
  /** Images a micro-batch, at most: of a small data set fewer are taken. */
  readonly batch: number;
  /** Width and height of what the network sees, in pixels. */
  readonly crop: number;
  /** The steps that lead to crops of this side. */
  readonly augmentation: (crop: number) => TransformRecipe;
  readonly classWeights: ClassWeighting;
  readonly step: StepDefinition;
  /** Learning rates by group, before the schedule. */
  readonly rates: Readonly<Record<ParameterGroup, number>>;
  readonly schedule: ScheduleDefinition;
}

const CROSS_ENTROPY: StepDefinition['loss'] = {
  terms: [{ name: 'cross-entropy', weight: 1 }],
  classWeights: null,
  resolution: 'upsample-half-pixel',
  ignoreIndex: 255,
};

const SGD = { name: 'sgd', momentum: 0.9, nesterov: false } as const;

const ADAMW = { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2 } as const;

const sameRate = (rate: number): Preset['rates'] => ({ encoder: rate, decoder: rate, classifier: rate });

/** The last two steps of every recipe: whatever came before, the network sees one size. */
const squareOf = (crop: number, by: CropRule = 'random'): TransformRecipe => [
  { transform: 'pad', size: crop },
  { transform: 'crop', size: crop, by },
];

// A whole Preset: the compiler writes the fields of an Omit in an order that changes with what it compiled before.
const LIGHT_WEIGHT_V1: Preset = {
  summary:
    "Light-Weight RefineNet's first code (NYUDv2): three stages of 100 epochs; it began each with fresh momentum",
  epochs: 300,
  batch: 6,
  crop: 500,
  augmentation: (crop) => [
    { transform: 'scale', range: [0.5, 2], shortSide: Math.round(0.7 * crop) },
    { transform: 'flip' },
    ...squareOf(crop),
  ],
  classWeights: 'none',
  step: {
    loss: CROSS_ENTROPY,
    optimizer: { ...SGD, weightDecay: 1e-5 },
    batchNorm: 'statistics-frozen',
    decayNormAndBias: true,
    clipNorm: null,
    averageDecay: null,
    accumulate: 1,
    frozen: [],
  },
  rates: { encoder: 5e-4, decoder: 5e-3, classifier: 5e-3 },
  schedule: { name: 'multi-step', milestones: [100, 200], factors: [0.5, 0.2], warmup: 0 },
};

const DEFAULT: Preset = {
  summary: 'our own, for small data sets and training from random weights: AdamW, batch norm trained',
  epochs: 40,
  batch: 8,
  crop: 224,
  augmentation: (crop) => [
    { transform: 'scale', range: [0.5, 1.1] },
    { transform: 'flip' },
    { transform: 'pad', size: crop },
    { transform: 'crop', size: crop },
    { transform: 'color-jitter', brightness: 0.3, contrast: 0.3 },
  ],
  classWeights: 'auto',
  step: {
    loss: CROSS_ENTROPY,
    optimizer: ADAMW,
    batchNorm: 'trained',
    decayNormAndBias: false,
    clipNorm: 5,
    averageDecay: null,
    accumulate: 1,
    frozen: [],
  },
  rates: sameRate(1e-3),
  schedule: { name: 'poly', power: 0.9, warmup: 100 },
};

/**
 * The training recipes by name: two of our own, and those of the RefineNet and Light-Weight RefineNet authors. Each
 * `summary` says more.
 */
export const PRESETS = {
  default: DEFAULT,
  'fine-tune': {
    ...DEFAULT,
    summary: 'our own, from a trained encoder or model: its batch norm statistics kept, its rate a tenth',
    step: { ...DEFAULT.step, batchNorm: 'statistics-frozen' },
    rates: { encoder: 1e-4, decoder: 1e-3, classifier: 1e-3 },
  },
  refinenet: {
    summary:
      "the RefineNet authors' (one image a step, crop 400 seen at 480); they lowered the rate by hand, for example from epoch 70",
    epochs: 100,
    batch: 1,
    crop: 480,
    augmentation: (crop) => {
      const cut = Math.round(crop / 1.2);
      return [
        { transform: 'short-side', min: 450, max: 1100 },
        { transform: 'scale', factors: [0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3] },
        { transform: 'flip' },
        ...squareOf(cut, 'class'),
        { transform: 'resize', width: crop, height: crop },
      ];
    },
    classWeights: 'none',
    step: {
      loss: { ...CROSS_ENTROPY, resolution: 'sample-labels' },
      optimizer: { ...SGD, weightDecay: 5e-4 },
      batchNorm: 'statistics-frozen',
      decayNormAndBias: true,
      clipNorm: null,
      averageDecay: null,
      accumulate: 1,
      frozen: [],
    },
    rates: { encoder: 5e-5, decoder: 5e-4, classifier: 5e-4 },
    schedule: { name: 'multi-step', milestones: [70], factors: [0.1], warmup: 0 },
  },
  'light-weight-v1': LIGHT_WEIGHT_V1,
  'light-weight-v2': {
    ...LIGHT_WEIGHT_V1,
    summary: "Light-Weight RefineNet's second code: the rate halved after 100 and 200 epochs",
    schedule: { name: 'multi-step', milestones: [100, 200], factors: [0.5, 0.25], warmup: 0 },
  },
} as const satisfies Record<string, Preset>;

/** One of `PRESET_NAMES`. */
export type PresetName = keyof typeof PRESETS;

/** What the option `preset` takes; `PRESETS` has what each stands for. */
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];
