/** Downloaded files kept in the browser's Cache Storage. */

const NAME = 'refinenet';
const VERSION = 'x-refinenet-version';
const HASH = 'x-refinenet-sha256';

export interface StoredFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the server called this version; empty if it did not say. */
  readonly version: string;
}

/** Files by their address. What was damaged in the store counts as absent: a file's SHA-256 is kept beside it. */
export class FileStore {
  readonly #cache: Cache;

  private constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** The store; undefined where the browser has none: in pages that are not served securely, or that may not store anything. */
  static async open(): Promise<FileStore | undefined> {
    if (typeof caches === 'undefined' || !crypto.subtle) return undefined;
    const cache = await caches.open(NAME).catch(() => undefined);
    return cache && new FileStore(cache);
  }

  async find(address: string): Promise<StoredFile | undefined> {
    const response = await this.#cache.match(address).catch(() => undefined);
    if (!response) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if ((await sha256(bytes)) !== response.headers.get(HASH)) {
      await this.#cache.delete(address);
      return undefined;
    }
    return { bytes, version: response.headers.get(VERSION) ?? '' };
  }

  /** Keeps a file. Where there is no room for it nothing is kept. */
  async keep(address: string, bytes: Uint8Array<ArrayBuffer>, version: string): Promise<void> {
    const headers = { [VERSION]: version, [HASH]: await sha256(bytes), 'content-length': String(bytes.length) };
    await this.#cache.put(address, new Response(bytes, { headers })).catch(() => {});
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
