/** The files of a ZIP or of a folder, by their paths. */
import { type Unzipped, unzip } from 'fflate';
import { t } from '../strings/index.ts';
import { entryCounter } from './zip-entries.ts';

export type Files = ReadonlyMap<string, Blob>;

/** Bytes that an archive may unpack to: what a browser holds without harm. */
const MOST = 2 ** 31;

/** @throws Error if it is no ZIP, or a damaged or too large one. */
export async function filesOfArchive(archive: File): Promise<Files> {
  const bytes = new Uint8Array(await archive.arrayBuffer());
  let size = 0;
  const hasRoom = entryCounter(bytes.length);
  const unpacked = await new Promise<Unzipped>((resolve, reject) => {
    const filter = ({ originalSize }: { readonly originalSize: number }): boolean => {
      if (!hasRoom()) throw new Error(t('open.noZip', { name: archive.name }));
      size += originalSize;
      return size <= MOST;
    };
    unzip(bytes, { filter }, (error, files) => {
      if (size > MOST) reject(new Error(t('open.large', { name: archive.name })));
      else if (error) reject(new Error(t('open.noZip', { name: archive.name })));
      else resolve(files);
    });
  });
  return new Map(
    Object.entries(unpacked)
      .filter(([path]) => !path.endsWith('/'))
      .map(([path, content]) => [path, new Blob([content as Uint8Array<ArrayBuffer>])]),
  );
}

/** The files' paths; nothing is unpacked. @throws Error if it is no ZIP, or a damaged one. */
export async function namesOfArchive(archive: File): Promise<readonly string[]> {
  const bytes = new Uint8Array(await archive.arrayBuffer());
  const names: string[] = [];
  const hasRoom = entryCounter(bytes.length);
  const filter = ({ name }: { readonly name: string }): boolean => {
    if (!hasRoom()) throw new Error(t('open.noZip', { name: archive.name }));
    names.push(name);
    return false;
  };
  return new Promise((resolve, reject) => {
    unzip(bytes, { filter }, (error) => {
      if (error) reject(new Error(t('open.noZip', { name: archive.name })));
      else resolve(names);
    });
  });
}

export async function filesOfFolder(folder: FileSystemDirectoryHandle, path = ''): Promise<Files> {
  const files = new Map<string, Blob>();
  for await (const [name, handle] of folder) {
    if (name.startsWith('.')) continue;
    if (handle.kind === 'file') files.set(path + name, await (handle as FileSystemFileHandle).getFile());
    else
      for (const [inner, file] of await filesOfFolder(handle as FileSystemDirectoryHandle, `${path}${name}/`))
        files.set(inner, file);
  }
  return files;
}

/** What was chosen or dropped; a folder that holds all of it is not in the paths. */
export function filesOfList(list: readonly File[]): { readonly name: string; readonly files: Files } {
  const paths = list.map((file) => file.webkitRelativePath || file.name);
  const root = paths[0]?.split('/')[0] ?? '';
  const isInside = paths.every((path) => path.startsWith(`${root}/`));
  const start = isInside ? root.length + 1 : 0;
  return {
    name: isInside ? root : t('open.files'),
    files: new Map(list.map((file, index) => [(paths[index] as string).slice(start), file])),
  };
}
