/**
 * Which numbers requests take: schemas check them, and a command says them where it reads numbers from text. It does so before
 * anything else is loaded, so that the library of schemas is not asked.
 */
export interface NumberRange {
  readonly whole?: true;
  readonly least: number;
  readonly most?: number;
}

const COUNT = { whole: true, least: 1 } as const;
const COUNT_OR_NONE = { whole: true, least: 0 } as const;
const SHARE = { least: 0, most: 1 } as const;
const RATE = { least: 0, most: 1000 } as const;

/** By the name of the field. */
export const RANGES = {
  // Engine and runs.
  threads: COUNT,
  tile: COUNT,
  overlap: COUNT_OR_NONE,
  pixelLimit: COUNT,

  // predict.
  minimumPixels: COUNT,
  /** Pixels. */
  tolerance: { least: 0, most: 1000 },
  opacity: SHARE,
  every: COUNT,
  smooth: { whole: true, least: 1, most: 1000 },

  // evaluate.
  boundaryTolerance: SHARE,
  worst: COUNT_OR_NONE,

  // dataset.
  images: COUNT,

  // import and export.
  classes: COUNT,
  calibrationImages: COUNT,
  crf: { least: 0, most: 1000 },

  // benchmark.
  warmupRuns: COUNT_OR_NONE,
  repeats: COUNT,

  // train.
  blocks: COUNT,
  epochs: COUNT,
  batch: COUNT,
  views: COUNT,
  crop: { whole: true, least: 32 },
  confidence: SHARE,
  dropout: { least: 0, most: 0.95 },
  learningRate: RATE,
  encoderLearningRate: RATE,
  weightDecay: SHARE,
  warmup: COUNT_OR_NONE,
  accumulate: COUNT,
  clipNorm: { least: 0, most: 1e9 },
  averageDecay: SHARE,
  seed: COUNT_OR_NONE,
  validateEvery: COUNT,
  patience: COUNT,
  saveEvery: COUNT,
  samplesEvery: COUNT,
} as const satisfies Record<string, NumberRange>;
