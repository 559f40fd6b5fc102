/** A model folder as a ZIP archive. */
import { type Zippable, zipSync } from 'fflate';

/** Files of a model folder by their names, in a folder of the archive. Weights are packed as they are: they hardly get smaller. */
export function modelZip(folder: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const entries: Zippable = Object.fromEntries(
    [...files].map(([name, bytes]) => [
      `${folder}/${name}`,
      [bytes, { level: name.endsWith('.safetensors') ? 0 : 6, mtime: EARLIEST }],
    ]),
  );
  return new Uint8Array(zipSync(entries));
}

/** Equal models make equal archives. */
const EARLIEST = new Date(1980, 0, 1);
