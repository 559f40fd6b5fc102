/** Reads images that label files carry inside. */
import { FormatError } from '../../errors.ts';
import { fromBase64 } from '../../image/base64.ts';
import type { FileSource } from '../file-source.ts';

/**
 * The files with images of other files beside them.
 * @param contents the file that has an image inside, by the path that the image is given.
 * @param base64Of the image in such a file's text.
 */
export function withContents(
  source: FileSource,
  contents: ReadonlyMap<string, string>,
  base64Of: (text: string) => string,
): FileSource {
  if (contents.size === 0) return source;
  const read = async (path: string, file: string): Promise<Uint8Array> => {
    try {
      return fromBase64(base64Of(new TextDecoder().decode(await source.read(file))));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new FormatError(`${path}: the image inside cannot be read (${error.message}).`, { cause: error });
    }
  };
  return {
    ...source,
    read(path) {
      const file = contents.get(path);
      return file === undefined ? source.read(path) : read(path, file);
    },
    exists: async (path) => contents.has(path) || source.exists(path),
    async size(path) {
      const file = contents.get(path);
      return file === undefined ? source.size(path) : (await read(path, file)).length;
    },
  };
}
