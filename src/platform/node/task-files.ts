/** What tasks read and leave, in folders of this machine. What is seldom needed is loaded when it is. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { TaskFiles } from '../../tasks/task-files.ts';
import { writeImage } from './encode-image.ts';
import { expandInputs, writeFileAtomically } from './files.ts';
import { loadWeights, modelFor, readModelFolder } from './model-folder.ts';
import { assertWritable, writeModelFolder } from './write-model-folder.ts';
import { modelDigest } from './model-digest.ts';
import { modelFolder } from './model-location.ts';
import { openImageFile } from './open-image-file.ts';
import { namesIn } from './names-in.ts';
import { realPath } from './real-path.ts';
import { createRunFolder, folderStorage } from './run-folder.ts';

const datasets = () => import('./dataset-files.ts');

export const nodeTaskFiles: TaskFiles = {
  join,
  nameOf: (path) => basename(path),
  absolute: (path) => resolve(path),
  realPath,

  async kindOf(path) {
    const found = await stat(path).catch(() => null);
    return found ? (found.isDirectory() ? 'folder' : 'file') : undefined;
  },
  async list(folder) {
    const names = await readdir(folder, { recursive: true });
    return names.map((name) => name.replaceAll('\\', '/'));
  },
  namesIn,
  read: (path) => readFile(path),

  listImages: (inputs, onPassedOver) => expandInputs(inputs, { onPassedOver }),
  openImage: openImageFile,

  write: writeFileAtomically,
  writeImage,
  assertWritable,

  modelFolder,
  modelDigest,
  readModel: readModelFolder,
  modelFor,
  loadWeights,
  writeModel: writeModelFolder,

  openDataset: async (path, options) => (await datasets()).openDatasetAt(path, options),
  decodeImage: async (bytes, name) => (await datasets()).decodeDatasetImage(bytes, name),

  async createRun(path) {
    return folderStorage(await createRunFolder(path));
  },
  openRun: folderStorage,
};
