/** What is written of frames besides videos. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameWriter } from '../../../tasks/predict/video/video-tools.ts';
import { notWritten } from '../files.ts';
import { moveFolderTo, moveTo, temporaryIn } from './temporary.ts';

/** A folder of PNG files, named by the frame: `000123.png`. */
export async function writePngs(folder: string): Promise<FrameWriter<Uint8Array>> {
  const files = await temporaryIn(folder);
  await mkdir(files.path).catch(failed(folder));
  return {
    write: (bytes, _, index) =>
      writeFile(join(files.path, `${String(index).padStart(6, '0')}.png`), bytes).catch(failed(folder)),
    finish: (path) => moveFolderTo(path, files, (name) => /^\d{6,}\.png$/.test(name)),
    abandon: () => files.remove(),
  };
}

/** A file of lines of text. */
export async function writeLines(folder: string): Promise<FrameWriter<string>> {
  const file = await temporaryIn(folder);
  await writeFile(file.path, '').catch(failed(folder));
  return {
    write: (line) => appendFile(file.path, `${line}\n`).catch(failed(folder)),
    finish: (path) => moveTo(path, file),
    abandon: () => file.remove(),
  };
}

const failed = (folder: string) => (error: unknown) => {
  throw notWritten(folder, error);
};
