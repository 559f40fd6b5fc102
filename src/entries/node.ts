/** `refinenet/node`: all of RefineNet, with Node's files, images and native engine. */
export * from './core.ts';
export * from './evaluation.ts';
export * from './training.ts';

// Models in folders, to segment files at once.
export { type LoadOptions, loadModel, type NodeSegmenter } from '../platform/node/load.ts';
export { loadWeights, readModelFolder } from '../platform/node/model-folder.ts';
export { writeModelFolder } from '../platform/node/write-model-folder.ts';
export { type ModelLocation, SHIPPED_MODELS } from '../platform/node/model-location.ts';
export type { ModelCardDetails } from '../models/folder/card.ts';
export type { ModelFileOptions, WriteModelOptions } from '../models/folder/files.ts';

// Engines.
export { backendFor, nodeBackend, wasmBackend } from '../platform/node/backend.ts';
export { threadedBackend } from '../platform/node/engine-thread/thread.ts';

// Images.
export { type DecodeImageOptions, decodeImage } from '../platform/node/decode-image.ts';
export { type EncodedImageFormat, encodeImage, writeImage } from '../platform/node/encode-image.ts';
export { type ImageSource, type OpenImageOptions, openImage } from '../platform/node/image-source.ts';

// Data sets and runs in folders.
export { decodeDatasetImage, folderSink, folderSource, openDatasetAt } from '../platform/node/dataset-files.ts';
export { readHdf5Mat } from '../platform/node/hdf5/read-hdf5-mat.ts';
export { createRunFolder, folderStorage, releaseClaim } from '../platform/node/run-folder.ts';
