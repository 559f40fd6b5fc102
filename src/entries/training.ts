/** `refinenet/training`: from labeled images to weights, for any JavaScript platform. */
// Results have Symbol.asyncDispose, which is in none of the libraries that users' projects usually name.
/// <reference lib="esnext.disposable" preserve="true" />

export * from './datasets.ts';

// A run, planned and trained.
export type { AugmentationAdjustments, CropRule } from '../training/augmentation.ts';
export type { TrainingConfiguration } from '../training/configuration.ts';
export { estimateMemory, type MemoryEstimate } from '../training/memory-estimate.ts';
export type { AskedSampling, AskedSchedule, TrainingOverrides } from '../training/overrides.ts';
export {
  type PlanOptions,
  planTraining,
  replan,
  type TrainingPlan,
} from '../training/plan.ts';
export { type ClassWeighting, type Preset, PRESET_NAMES, type PresetName, PRESETS } from '../training/presets.ts';
export type { RunState } from '../training/run/checkpoint.ts';
export type { EpochRecord, LogRecord, StepRecord, ValidationRecord } from '../training/run/log.ts';
export type { LossWatch } from '../training/run/loss-watch.ts';
export type {
  BatchPlace,
  BatchSource,
  SourceBatch,
  StepReport,
  TrainingCallbacks,
} from '../training/run/parts.ts';
export type { Views } from '../training/frozen-features.ts';
export type { BatchContent } from '../training/step/graph.ts';
export type { FolderFiles, RunStorage } from '../training/run/storage.ts';
export {
  readRun,
  type SavedRun,
  type StepFactory,
  train,
  type TrainOptions,
  type TrainResult,
} from '../training/run/trainer.ts';
export type {
  PredictedSample,
  StopSignal,
  Validate,
  ValidateOptions,
  ValidationResult,
} from '../training/run/validate.ts';
export type { ScheduleDefinition } from '../training/schedules.ts';
export { startingModelFor, type StartingModelForOptions, type TrainableModel } from '../training/starting-model-for.ts';

// Batches.
export {
  type Batch as LoadedBatch,
  createLoader,
  type Loader,
  type LoaderOptions,
  type LoaderState,
  type Shard,
} from '../data/loader.ts';
export type { MixRecipe, MixStep } from '../data/mixing/index.ts';
export type { MixKind, PastedPixels } from '../data/mixing/mix.ts';
export type { SamplingRule } from '../data/sampling.ts';
export type { TransformRecipe, TransformStep } from '../data/transforms/index.ts';
export type { Transform, TransformKind } from '../data/transforms/transform.ts';
export type { ByteLabels, View, Window } from '../data/transforms/view.ts';
export type { RandomStream } from '../tensor/random.ts';

// A single step, and what several machines exchange in it.
export { addSums } from '../training/step/gradient-sums.ts';
export { initialState } from '../training/step/state.ts';
export type { BatchShape } from '../training/step/graph.ts';
export { createRunnableStep } from '../training/step/runnable-step.ts';
export { createStep, type StepOptions } from '../training/step/step.ts';
export type { TeacherModel } from '../training/step/teacher.ts';
export type * from '../training/step/types.ts';
