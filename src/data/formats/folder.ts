/** What formats look at: a folder's files, by name first and by content where needed. */
import { FormatError } from '../../errors.ts';
import { addToGroup } from '../../groups.ts';
import { JSON_LIST_BYTES, TEXT_BYTES } from '../../limits.ts';
import { comparable, extensionOf, type FileSource, folderOf, joinPaths } from '../file-source.ts';

export class Folder {
  readonly source: FileSource;
  /** All files, sorted; relative to the root. */
  readonly paths: readonly string[];
  /** The file of the data set that was named, where it was one and not the folder. */
  readonly entry: string | undefined;
  readonly #exact: ReadonlySet<string>;
  /** Paths as the disk has them, by their comparable form. */
  readonly #files: ReadonlyMap<string, string>;
  readonly #folders: ReadonlyMap<string, readonly string[]>;
  readonly #listed = new Map<string, Promise<ReadonlyMap<string, string>>>();

  constructor(source: FileSource, paths: readonly string[], entry?: string) {
    this.source = source;
    this.paths = paths;
    this.entry = entry;
    this.#exact = new Set(paths);
    this.#files = new Map(paths.map((path) => [comparable(path), path]));
    const folders = new Map<string, string[]>();
    for (const path of paths) {
      for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
        const folder = comparable(path.slice(0, slash));
        addToGroup(folders, folder, path);
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
    return this.#files.has(comparable(path));
  }

  hasFolder(path: string): boolean {
    return this.#folders.has(comparable(path));
  }

  /** The files in a folder and the folders in it; those of the root for the empty path. */
  under(folder: string): readonly string[] {
    return folder === '' ? this.paths : (this.#folders.get(comparable(folder)) ?? []);
  }

  /** The names of the folders in a folder. */
  foldersIn(folder: string): string[] {
    const names = new Set<string>();
    for (const path of this.under(folder)) {
      const start = folder === '' ? 0 : lengthOf(folder, path) + 1;
      const slash = path.indexOf('/', start);
      if (slash > 0) names.add(path.slice(start, slash));
    }
    return [...names].sort();
  }

  /** The files directly in a folder. */
  filesIn(folder: string): string[] {
    return this.under(folder).filter((path) => !path.includes('/', folder === '' ? 0 : lengthOf(folder, path) + 1));
  }

  /** The first of some files that is there, as the disk has it. */
  firstFile(paths: readonly string[]): string | undefined {
    const found = paths.find((path) => this.hasFile(path));
    if (found === undefined) return undefined;
    return this.#exact.has(found) ? found : this.#files.get(comparable(found));
  }

  /** A file in the folder or outside it, as the disk has it; undefined if there is none. */
  async locate(path: string): Promise<string | undefined> {
    const inside = this.firstFile([path]);
    if (inside !== undefined) return inside;
    if (await this.source.exists(path)) return path;
    // Only other letters than ASCII have several forms.
    if (comparable(path) === path && path.normalize('NFD') === path) return undefined;
    return (await this.#outside(folderOf(path))).get(comparable(path));
  }

  /** The files in a folder outside this one, by their comparable form; listed once. */
  #outside(folder: string): Promise<ReadonlyMap<string, string>> {
    const known = this.#listed.get(folder);
    if (known) return known;
    const listed = this.source.list(folder).then((paths) => new Map(paths.map((path) => [comparable(path), path])));
    this.#listed.set(folder, listed);
    return listed;
  }

  /** @throws FormatError if the file is too large for a list or is no text. */
  async text(path: string): Promise<string> {
    const name = joinPaths(this.name, path);
    const size = await this.source.size(path);
    const most = extensionOf(path) === '.json' ? JSON_LIST_BYTES : TEXT_BYTES;
    if (size > most) {
      throw new FormatError(`${name}: a list of ${size} bytes is larger than the ${most} allowed. Check the file.`);
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

/** How much of a path below a folder is the folder, in whichever Unicode form it is there. */
function lengthOf(folder: string, path: string): number {
  return path.split('/').slice(0, folder.split('/').length).join('/').length;
}
