/** `refinenet/web/training`: labeled images of a page to a model, and the runs that the browser keeps. */
export type { ModelDevice, WebDevice } from '../platform/web/model-device.ts';
export type { DownloadProgress } from '../platform/web/fetch-file.ts';
export type { LoadOptions, WebSegmenter } from '../platform/web/load.ts';
export type { ModelFilesInHand, ModelSource } from '../platform/web/model-source.ts';
export type { ImageSource } from '../platform/web/image-source.ts';
export {
  type FollowOptions,
  resumeTraining,
  trainModel,
  type TrainingWorkerFactory,
  type TrainingWorkerScript,
  type TrainModelOptions,
} from '../platform/web/train-model.ts';
export type {
  PageValidation,
  PageTrainingCallbacks,
  ValidatedImage,
} from '../platform/web/training/follow-training.ts';
export {
  type LabeledFile,
  type LabeledFiles,
  readLabeledFiles,
  type ReadLabeledFilesOptions,
} from '../platform/web/training/labeled-files.ts';
export type { LabeledImage } from '../platform/web/training/labeled-images.ts';
export type { OtherColors } from '../platform/web/training/read-mask.ts';
export { deleteRun, listRuns, openRun, type TrainedModel, type TrainingRun } from '../platform/web/training/runs.ts';
export type { WebSegmentation } from '../platform/web/web-segmentation.ts';
export * from '../errors.ts';
