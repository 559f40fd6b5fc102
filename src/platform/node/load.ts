/** The short way in Node: a folder and photographs, to segmentations. */
import { readFile } from 'node:fs/promises';
import type { Image } from '../../image/image.ts';
import type { Segmentation } from '../../inference/segmentation.ts';
import { Segmenter, type SegmenterOptions } from '../../inference/segmenter.ts';
import type { Backend } from '../../runtime/backend.ts';
import { backendFor } from './backend.ts';
import { decodeImage } from './decode-image.ts';
import { modelFor, readModelFolder } from './model-folder.ts';

export interface LoadOptions extends SegmenterOptions {
  /** The engine; onnxruntime-node, or its WASM build where that is not installed, when left out. */
  readonly backend?: Backend;
}

/** What can be segmented in Node: a file's path, an encoded picture's bytes, or decoded pixels. */
export type ImageSource = string | Uint8Array | Image;

/** A model in Node: a Segmenter that also opens files. */
export interface NodeSegmenter {
  readonly segmenter: Segmenter;
  /** Segments a photograph given as path, encoded bytes or pixels. */
  segment(source: ImageSource): Promise<Segmentation>;
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads a model folder.
 * @example
 * const model = await loadModel('models/street-scenes');
 * const { labels, classes } = await model.segment('photo.jpg');
 */
export async function loadModel(
  folder: string,
  { backend: given, ...options }: LoadOptions = {},
): Promise<NodeSegmenter> {
  const backend = given ?? (await backendFor(options.device));
  const segmenter = await Segmenter.create(await modelFor(backend, await readModelFolder(folder)), backend, options);
  return {
    segmenter,
    segment: async (source) => segmenter.segment(await openImage(source)),
    dispose: () => segmenter.dispose(),
    [Symbol.asyncDispose]: () => segmenter.dispose(),
  };
}

/** The pixels of a photograph given as path, encoded bytes or pixels. */
export async function openImage(source: ImageSource, options: { readonly pixelLimit?: number } = {}): Promise<Image> {
  if (typeof source === 'string') return decodeImage(await readFile(source), { ...options, name: source });
  return source instanceof Uint8Array ? decodeImage(source, options) : source;
}
