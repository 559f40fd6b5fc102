/** RefineNet in Node: everything of the core, and files, pictures and the native engine. */
export * from './core.ts';
export { backendFor, nodeBackend, wasmBackend } from '../platform/node/backend.ts';
export { decodeDatasetImage, folderSink, folderSource, openDatasetAt } from '../platform/node/dataset-files.ts';
export { decodeImage } from '../platform/node/decode-image.ts';
export { encodeImage, writeImage } from '../platform/node/encode-image.ts';
export { threadedBackend } from '../platform/node/engine-thread.ts';
export { expandInputs, writeFileAtomically } from '../platform/node/files.ts';
export { type ImageSource, type OpenImageOptions, openImage } from '../platform/node/image-source.ts';
export { type LoadOptions, loadModel, type NodeSegmenter } from '../platform/node/load.ts';
export { type ModelLocation, SHIPPED_MODELS } from '../platform/node/model-location.ts';
export { loadWeights, readModelFolder, writeModelFolder } from '../platform/node/model-folder.ts';
export { encodeNpy } from '../tensor/npy.ts';
export { createRunFolder, folderStorage } from '../platform/node/run-folder.ts';

// What the types above are made of.
export type { ModelCardDetails } from '../models/model-card.ts';
export type { ModelFileOptions, WriteModelOptions } from '../models/model-files.ts';
export type { DecodeImageOptions } from '../platform/node/decode-image.ts';
export type { EncodedImageFormat } from '../platform/node/encode-image.ts';
export type { NamedInput } from '../tasks/task-files.ts';
export type { ExpandOptions } from '../platform/node/files.ts';
