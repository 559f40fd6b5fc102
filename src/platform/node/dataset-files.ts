/** Data sets in folders of this machine. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type Dataset, type OpenDatasetOptions, openDataset } from '../../data/dataset.ts';
import type { DecodeImage, FileSink, FileSource } from '../../data/file-source.ts';
import { messageOf, RefineNetError, UsageError } from '../../errors.ts';
import { DATASET_FILES } from '../../limits.ts';
import { decodeImage } from './decode-image.ts';
import { writeFileAtomically } from './files.ts';
import { filesBelow } from './folder-walk.ts';
import { readHdf5Mat } from './hdf5/read-hdf5-mat.ts';

/** The files of a folder. Links are followed, but no folder is entered twice. */
export function folderSource(root: string): FileSource {
  const inside = (path: string) => resolve(root, path);
  const shown = (path: string) => (isAbsolute(path) ? path : join(root, path));
  return {
    name: root,
    async list(folder) {
      const found = await listBelow(inside(folder));
      // As the folder is named: paths that are the whole way are compared with others that are.
      const named = (path: string): string => (isAbsolute(folder) ? path : relative(resolve(root), path));
      return found.map((path) => named(path).split(sep).join('/')).sort();
    },
    async read(path) {
      try {
        return await readFile(inside(path));
      } catch (error) {
        throw new RefineNetError(`${shown(path)}: cannot be read (${messageOf(error)}).`, { cause: error });
      }
    },
    exists: async (path) => (await statusOf(inside(path))) !== undefined,
    async size(path) {
      const status = await statusOf(inside(path));
      if (status) return status.size;
      throw new RefineNetError(`${shown(path)}: there is no such file.`);
    },
    readHdf5Mat,
  };
}

/** Files written to a folder, which is made if it is not there. */
export function folderSink(root: string): FileSink {
  return { name: root, write: (path, bytes) => writeFileAtomically(resolve(root, path), bytes) };
}

/** Decodes images of data sets by sharp: their bytes as they are, without a conversion of colors, as Pillow reads them. */
export const decodeDatasetImage: DecodeImage = (bytes, name) => decodeImage(bytes, { name, ignoreProfile: true });

/**
 * Opens the data set at a path: a folder, or the file that describes it (`data.yaml`, a list of pairs).
 * @throws UsageError if there is nothing at the path; otherwise as `openDataset`.
 */
export async function openDatasetAt(path: string, options: Omit<OpenDatasetOptions, 'entry'> = {}): Promise<Dataset> {
  const status = await statusOf(path);
  if (!status) {
    throw new UsageError(`${path}: there is no such folder or file. Give the folder of a data set, or its data.yaml.`);
  }
  if (status.isDirectory()) return openDataset(folderSource(path), options);
  return openDataset(folderSource(dirname(path)), { ...options, entry: basename(path) });
}

async function statusOf(path: string) {
  return stat(path).catch(() => undefined);
}

async function listBelow(root: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const some of filesBelow(root)) {
      for (const file of some) files.push(file);
      if (files.length > DATASET_FILES) break;
    }
  } catch (error) {
    const { path, message } = error as NodeJS.ErrnoException;
    throw new RefineNetError(`${path ?? root}: cannot be listed (${message}).`, { cause: error });
  }
  if (files.length > DATASET_FILES) {
    throw new UsageError(
      `${root}: there are more than ${DATASET_FILES} files in it. Give the folder of the data set itself.`,
    );
  }
  return files;
}
