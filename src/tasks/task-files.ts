/** Where tasks find what they read and leave what they make: a machine's folders, a bucket, a browser's storage. */
import type { Dataset, OpenDatasetOptions } from '../data/dataset.ts';
import type { DecodeImage } from '../data/file-source.ts';
import type { Image } from '../image/image.ts';
import type { Model, ModelDescription } from '../models/model.ts';
import type { WriteModelOptions } from '../models/folder/files.ts';
import type { Backend } from '../runtime/backend.ts';
import type { Weights } from '../tensor/weights.ts';
import type { RunStorage } from '../training/run/storage.ts';

/** An image to be read. */
export interface NamedInput {
  readonly path: string;
  /** Begins the names of the files written for it; may contain folders, separated by `/`. */
  readonly name: string;
}

export interface TaskFiles {
  /** The path of a file in a folder, as it is written there. */
  join(folder: string, name: string): string;
  /** The last part of a path. */
  nameOf(path: string): string;
  /** The path as it is valid whatever folder one works in. */
  absolute(path: string): string;
  /** The absolute path without links, as far as there is something at it. */
  realPath(path: string): Promise<string>;

  /** What is at a path; undefined for nothing. */
  kindOf(path: string): Promise<'file' | 'folder' | undefined>;
  /** The paths, with `/`, of all that is in a folder and the folders in it. Rejects as `read`. */
  list(folder: string): Promise<readonly string[]>;
  /** The names of the files in a folder itself, not of those in the folders in it; none if there is no such folder. */
  namesIn(folder: string): Promise<readonly string[]>;
  /** A file's bytes. Rejects with what the place says if it cannot be read. */
  read(path: string): Promise<Uint8Array>;

  /**
   * The images that files, folders and patterns stand for, each once, with distinct names.
   * @param onPassedOver is told in a sentence how many images are of formats that are not read.
   * @throws UsageError naming every input that leads to no image.
   */
  listImages(inputs: readonly string[], onPassedOver: (message: string) => void): Promise<readonly NamedInput[]>;
  /** The upright RGB pixels of an image. @throws FormatError if it is none, what the place throws if it cannot be read. */
  openImage(path: string, options?: { readonly pixelLimit?: number | undefined }): Promise<Image>;

  /** Writes a file, or parts one after the other, whole or not at all. Missing folders are made. */
  write(path: string, content: Uint8Array | readonly Uint8Array[]): Promise<void>;
  /** Encodes an image into a file, as `write`. */
  writeImage(path: string, image: Image, format: 'png' | 'jpeg'): Promise<void>;
  /** @throws UsageError if there is something at the path, which is no empty folder, and it is not to be replaced, or is no model alone. */
  assertWritable(path: string, replaces: boolean): Promise<void>;

  /** The folder of a model that is named by its path, by an installed package or as a shipped one; the default if left out. */
  modelFolder(location: string | undefined): Promise<string>;
  /** What tells the files of a model that is named so from others under the same name, on any machine; undefined where there is no model. */
  modelDigest(location: string | undefined): Promise<string | undefined>;
  /** @throws UsageError if there is no model, FormatError or WeightsError if its files are not what they should be. */
  readModel(folder: string): Promise<Model>;
  /** The model as a backend can load it: with its weights in memory if the backend cannot map files. */
  modelFor(backend: Backend, model: Model): Promise<Model>;
  /** A model's weights in memory. */
  loadWeights(model: Pick<Model, 'definition' | 'weights' | 'folder'>): Promise<Weights>;
  /** Writes a model into a folder of its own, whole or not at all. @throws UsageError as `assertWritable`. */
  writeModel(
    folder: string,
    model: ModelDescription & { readonly weights: Weights },
    options: WriteModelOptions,
  ): Promise<void>;

  /** Opens the data set in a folder, or that a file describes. @throws UsageError or FormatError if there is none. */
  openDataset(path: string, options: Omit<OpenDatasetOptions, 'entry'>): Promise<Dataset>;
  /** Decodes images of data sets. */
  readonly decodeImage: DecodeImage;

  /** The place of a new run: the path itself or, where that is taken, with a number behind it. */
  createRun(path: string): Promise<RunStorage>;
  /** The place of a run that is there. */
  openRun(path: string): RunStorage;
}
