/** Where a run keeps its files. The core opens none itself: Node has folders, tests and browsers what they like. */

/** Files of one run by their paths, `/` between folders. All writing is whole or not at all. */
export interface RunStorage {
  /** What the run is called in messages: its folder. */
  readonly name: string;
  /** The file's bytes; undefined if there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Writes a file, or replaces it. @throws RefineNetError if it cannot; the file is as it was then. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Adds to the end of a file. @throws RefineNetError if it cannot; the file is as it was then. */
  append(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Replaces the files of a folder by these, each a list of parts. Whatever happens meanwhile, the next `read` (also of
   * another process) finds either all old files or all new ones, and every single file is an old or a new one at any time.
   * What was appended before is then on the disk as well.
   * @throws RefineNetError if it cannot; all files are as they were then.
   */
  replaceFolder(path: string, files: FolderFiles): Promise<void>;
}

/** Files of a folder by name: their bytes in parts, one after the other. */
export type FolderFiles = ReadonlyMap<string, readonly Uint8Array[]>;
