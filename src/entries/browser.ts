/** `dist/browser/refinenet.js`, for pages without a bundler: models by their address, segmenting in a worker, and nothing else. */
export type { DownloadProgress } from '../platform/web/fetch-file.ts';
export {
  loadModel,
  type LoadOptions,
  type SegmentedFrame,
  type SegmentOptions as WebSegmentOptions,
  type WebSegmenter,
} from '../platform/web/load.ts';
export { type ModelDevice, WEB_DEVICES, type WebDevice } from '../platform/web/model-device.ts';
export type { FileInHand, ModelFilesInHand, ModelSource } from '../platform/web/model-source.ts';
export type { PlaceOptions, WorkerFactory, WorkerScript } from '../platform/web/opened-model.ts';
export type { ImageSource } from '../platform/web/image-source.ts';
export type { FrameOptions } from '../platform/web/video-frames.ts';
export type { WebInspection } from '../platform/web/web-inspection.ts';
export { type DrawOptions, WebSegmentation } from '../platform/web/web-segmentation.ts';
export * from '../errors.ts';
