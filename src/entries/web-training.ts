/** `refinenet/web/training`: labeled pictures of a page to a model, and the runs that the browser keeps. */
export type { DownloadProgress } from '../platform/web/fetch-file.ts';
export type { LoadOptions, WebSegmenter } from '../platform/web/load.ts';
export type { ModelFilesInHand, ModelSource } from '../platform/web/model-source.ts';
export type { PhotographSource } from '../platform/web/photograph.ts';
export {
  type FollowOptions,
  resumeTraining,
  trainModel,
  type TrainingWorkerFactory,
  type TrainModelOptions,
} from '../platform/web/train-model.ts';
export type { PageValidation, TrainingCallbacks, ValidatedPicture } from '../platform/web/training/follow-training.ts';
export type { LabeledPicture } from '../platform/web/training/labeled-pictures.ts';
export type { OtherColors } from '../platform/web/training/read-mask.ts';
export { deleteRun, listRuns, openRun, type TrainedModel, type TrainingRun } from '../platform/web/training/runs.ts';
export type { WebSegmentation } from '../platform/web/web-segmentation.ts';
export * from '../errors.ts';
