/** Takes the labels out of the page: into a folder, or as an archive. */
import { type Zippable, zipSync } from 'fflate';
import { save } from '../state/save.ts';
import { datasetFiles, type Origin, originsOf, savable } from './dataset.ts';
import { folderToWrite } from './folder.ts';
import { classes, place, toSave } from './labeling.ts';

/** What was saved. */
export interface Saved {
  /** Of the folder. */
  readonly name?: string;
  /** Names of the photographs that could not be. */
  readonly leftOut: readonly string[];
}

async function toPng(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  (canvas.getContext('2d') as OffscreenCanvasRenderingContext2D).drawImage(bitmap, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

async function files(): Promise<Saved & { readonly files: ReadonlyMap<string, Uint8Array> }> {
  const { photos, leftOut } = await savable(toSave.value, toPng);
  // Before anything is written: what could be written of it alone stays there, too.
  const origins = originsOf(photos);
  place(new Map(photos.map(({ key }, index) => [key, origins[index] as Origin])));
  return { files: await datasetFiles(photos, classes.value), leftOut };
}

export async function saveArchive(): Promise<Saved> {
  const made = await files();
  const entries: Zippable = Object.fromEntries(
    [...made.files].map(([path, bytes]) => [`labels/${path}`, [bytes, { level: path.endsWith('.yaml') ? 6 : 0 }]]),
  );
  save('labels.zip', new Blob([zipSync(entries) as Uint8Array<ArrayBuffer>], { type: 'application/zip' }));
  return { leftOut: made.leftOut };
}

/**
 * Writes all files into a folder: the one of the time before, where there was one.
 * @param isAsked whether another one is to be chosen
 * @returns undefined where none was chosen
 */
export async function saveToFolder(isAsked: boolean): Promise<Saved | undefined> {
  const folder = await folderToWrite(isAsked);
  if (!folder) return undefined;
  const made = await files();
  for (const [path, bytes] of made.files) {
    const parts = path.split('/');
    let at = folder;
    for (const part of parts.slice(0, -1)) at = await at.getDirectoryHandle(part, { create: true });
    const file = await at.getFileHandle(parts.at(-1) as string, { create: true });
    // Written beside the file, which it replaces when it is whole.
    const writable = await file.createWritable();
    await writable.write(bytes as Uint8Array<ArrayBuffer>);
    await writable.close();
  }
  return { name: folder.name, leftOut: made.leftOut };
}
