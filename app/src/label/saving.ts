/** Takes the labels out of the page: into a folder, or as an archive. */
import { type Zippable, zipSync } from 'fflate';
import { save } from '../state/save.ts';
import { datasetFiles } from './dataset.ts';
import { classes, touched } from './labeling.ts';

async function toPng(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  (canvas.getContext('2d') as OffscreenCanvasRenderingContext2D).drawImage(bitmap, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

const files = (): ReturnType<typeof datasetFiles> => datasetFiles(touched.value, classes.value, toPng);

export async function saveArchive(): Promise<void> {
  const entries: Zippable = Object.fromEntries(
    [...(await files())].map(([path, bytes]) => [`labels/${path}`, [bytes, { level: path.endsWith('.yaml') ? 6 : 0 }]]),
  );
  save('labels.zip', new Blob([zipSync(entries) as Uint8Array<ArrayBuffer>], { type: 'application/zip' }));
}

type PickFolder = (options: { mode: 'readwrite'; id: string }) => Promise<FileSystemDirectoryHandle>;

/** What asks for a folder to write to, where the browser can. */
export const folderPicker = (): PickFolder | undefined =>
  (globalThis as { showDirectoryPicker?: PickFolder }).showDirectoryPicker;

/** Writes all files into a folder that is asked for. @returns its name; undefined where none was chosen */
export async function saveToFolder(): Promise<string | undefined> {
  let folder: FileSystemDirectoryHandle | undefined;
  try {
    folder = await folderPicker()?.({ mode: 'readwrite', id: 'labels' });
  } catch (error) {
    if ((error as Error).name === 'AbortError') return undefined;
    throw error;
  }
  if (!folder) return undefined;
  for (const [path, bytes] of await files()) {
    const parts = path.split('/');
    let at = folder;
    for (const part of parts.slice(0, -1)) at = await at.getDirectoryHandle(part, { create: true });
    const file = await at.getFileHandle(parts.at(-1) as string, { create: true });
    // Written beside the file, which it replaces when it is whole.
    const writable = await file.createWritable();
    await writable.write(bytes as Uint8Array<ArrayBuffer>);
    await writable.close();
  }
  return folder.name;
}
