/** The browser's private file system in memory, in which any change can be the last before the tab is closed, or fail. */

export interface Faults {
  /** How many changes were made. */
  changes: number;
  /** The number of the change that fails, halfway; none when undefined. */
  at?: number | undefined;
  /** Whether it is the last: everything after it fails, as when the tab was closed. */
  isLast?: boolean;
  /** What is thrown. */
  error: Error;
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

export const closed = (): Error => named('InvalidStateError', 'the tab was closed');
export const full = (): Error => named('QuotaExceededError', 'there is no room');

/** Makes a change, or half of it and an error. */
function change(faults: Faults, whole: () => void, half: () => void = () => {}): void {
  faults.changes++;
  const { changes, at = Number.POSITIVE_INFINITY, isLast = false } = faults;
  if (changes < at || (changes > at && !isLast)) {
    whole();
    return;
  }
  if (changes === at) half();
  throw faults.error;
}

export class FakeFile {
  readonly kind = 'file';
  name: string;
  bytes = new Uint8Array();
  readonly #folder: FakeFolder;

  constructor(name: string, folder: FakeFolder) {
    this.name = name;
    this.#folder = folder;
  }

  async getFile() {
    const { bytes } = this;
    return { arrayBuffer: async () => bytes.slice().buffer, text: async () => new TextDecoder().decode(bytes) };
  }

  async createSyncAccessHandle() {
    const { faults } = this.#folder;
    const put = (bytes: Uint8Array, at: number): void => {
      const next = new Uint8Array(Math.max(this.bytes.length, at + bytes.length));
      next.set(this.bytes);
      next.set(bytes, at);
      this.bytes = next;
    };
    return {
      write: (bytes: Uint8Array, { at }: { readonly at: number }) => {
        change(
          faults,
          () => put(bytes, at),
          () => put(bytes.subarray(0, bytes.length / 2), at),
        );
        return bytes.length;
      },
      truncate: (size: number) => {
        change(faults, () => {
          const next = new Uint8Array(size);
          next.set(this.bytes.subarray(0, size));
          this.bytes = next;
        });
      },
      getSize: () => this.bytes.length,
      flush: () => {},
      close: () => {},
    };
  }

  async move(name: string): Promise<void> {
    change(this.#folder.faults, () => {
      this.#folder.entries.delete(this.name);
      this.name = name;
      this.#folder.entries.set(name, this);
    });
  }
}

export class FakeFolder {
  readonly kind = 'directory';
  readonly name: string;
  readonly entries = new Map<string, FakeFile | FakeFolder>();
  readonly faults: Faults;

  constructor(name: string, faults: Faults = { changes: 0, error: closed() }) {
    this.name = name;
    this.faults = faults;
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeFolder> {
    return this.#entry(name, create, FakeFolder, () => new FakeFolder(name, this.faults));
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FakeFile> {
    return this.#entry(name, create, FakeFile, () => new FakeFile(name, this));
  }

  async removeEntry(name: string): Promise<void> {
    const entry = this.entries.get(name);
    if (!entry) throw named('NotFoundError', `there is no ${name}`);
    const half = (): void => {
      if (entry instanceof FakeFolder) entry.entries.delete(entry.entries.keys().next().value as string);
    };
    change(this.faults, () => this.entries.delete(name), half);
  }

  async *[Symbol.asyncIterator]() {
    yield* this.entries;
  }

  #entry<T extends FakeFile | FakeFolder>(
    name: string,
    create: boolean,
    type: abstract new (...parts: never[]) => T,
    make: () => T,
  ): T {
    const found = this.entries.get(name);
    if (found instanceof type) return found;
    if (found) throw named('TypeMismatchError', `${name} is of the other kind`);
    if (!create) throw named('NotFoundError', `there is no ${name}`);
    const made = make();
    change(this.faults, () => this.entries.set(name, made));
    return made;
  }
}
