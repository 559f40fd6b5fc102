/** What formats look at: a folder's files, by name first and by content where needed. */
import { FormatError } from '../../errors.ts';
import { type FileSource, joinPaths } from '../file-source.ts';

/** Lists and tables of classes are texts of at most this many bytes. */
const LARGEST_TEXT = 64 << 20;

export class Folder {
  readonly source: FileSource;
  /** All files, sorted; relative to the root. */
  readonly paths: readonly string[];
  /** The file of the data set that was named, where it was one and not the folder. */
  readonly entry: string | undefined;
  readonly #files: ReadonlySet<string>;
  readonly #folders: ReadonlyMap<string, readonly string[]>;

  constructor(source: FileSource, paths: readonly string[], entry?: string) {
    this.source = source;
    this.paths = paths;
    this.entry = entry;
    this.#files = new Set(paths);
    const folders = new Map<string, string[]>();
    for (const path of paths) {
      for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        const folder = path.slice(0, slash);
        const inside = folders.get(folder);
        if (inside) inside.push(path);
        else folders.set(folder, [path]);
      }
    }
    this.#folders = folders;
  }

  static async open(source: FileSource, entry?: string): Promise<Folder> {
    return new Folder(source, await source.list(''), entry);
  }

  get name(): string {
    return this.source.name;
  }

  hasFile(path: string): boolean {
    return this.#files.has(path);
  }

  hasFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** The files in a folder and the folders in it; those of the root for the empty path. */
  under(folder: string): readonly string[] {
    return folder === '' ? this.paths : (this.#folders.get(folder) ?? []);
  }

  /** The names of the folders in a folder. */
  foldersIn(folder: string): string[] {
    const start = folder === '' ? 0 : folder.length + 1;
    const names = new Set<string>();
    for (const path of this.under(folder)) {
      const slash = path.indexOf('/', start);
      if (slash > 0) names.add(path.slice(start, slash));
    }
    return [...names].sort();
  }

  /** The files directly in a folder. */
  filesIn(folder: string): string[] {
    const start = folder === '' ? 0 : folder.length + 1;
    return this.under(folder).filter((path) => !path.includes('/', start));
  }

  /** The first of some files that is there. */
  firstFile(paths: readonly string[]): string | undefined {
    return paths.find((path) => this.hasFile(path));
  }

  /** @throws FormatError if the file is too large for a list or is no text. */
  async text(path: string): Promise<string> {
    const name = joinPaths(this.name, path);
    const size = await this.source.size(path);
    if (size > LARGEST_TEXT) {
      throw new FormatError(
        `${name}: a list of ${size} bytes is larger than the ${LARGEST_TEXT} allowed. Check the file.`,
      );
    }
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await this.source.read(path)).replace(/^\ufeff/, '');
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new FormatError(`${name}: this is no text in UTF-8. Save it as UTF-8.`, { cause: error });
    }
  }

  /** The lines of a text that are not empty and no comment, without white space around them. */
  async lines(path: string): Promise<string[]> {
    return (await this.text(path))
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  }
}
