/** The browser's IndexedDB in memory, in which any request can fail, and others may write between two transactions. */

export type RequestKind = 'put' | 'delete' | 'get' | 'getAll' | 'getAllKeys' | 'clear';

interface Request {
  result?: unknown;
  error?: Error;
  onsuccess?: () => void;
  onerror?: () => void;
  onupgradeneeded?: () => void;
}

interface Connection {
  onclose?: (() => void) | null;
  onversionchange?: (() => void) | null;
  close(): void;
}

interface Transaction {
  error?: Error;
  oncomplete?: () => void;
  onabort?: () => void;
}

type Store = Map<string, unknown>;
type Asked = readonly [request: Request, kind: RequestKind, key: string, work: (store: Store) => unknown];

const later = (work: () => void): void => void setTimeout(work);

/** A database of one version. Requests are made as a transaction begins, and transactions follow one another. */
export class FakeIndexedDb {
  readonly stores = new Map<string, Store>();
  /** @returns what a request fails with; undefined for one that does not */
  fault: (kind: RequestKind, key: string) => Error | undefined = () => undefined;
  /** @returns what opening the database fails with; undefined where it does not */
  openFault: () => Error | undefined = () => undefined;
  /** Called after every transaction. */
  onEnd: () => void = () => {};
  #last: Promise<void> = Promise.resolve();
  readonly #connections = new Set<Connection>();

  /** What is kept in a store. */
  kept(store: string): Store {
    const known = this.stores.get(store) ?? new Map<string, unknown>();
    this.stores.set(store, known);
    return known;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#connections.size;
  }

  open(): Request {
    const connection: Connection & Record<string, unknown> = {
      createObjectStore: (name: string) => this.kept(name),
      transaction: (name: string) => {
        if (this.#connections.has(connection)) return this.#transaction(name);
        throw new DOMException('The database connection is closing.', 'InvalidStateError');
      },
      close: () => void this.#connections.delete(connection),
    };
    const request: Request = { result: connection };
    later(() => {
      const error = this.openFault();
      if (error) {
        request.error = error;
        request.onerror?.();
        return;
      }
      this.#connections.add(connection);
      request.onupgradeneeded?.();
      request.onsuccess?.();
    });
    return request;
  }

  /**
   * Closes all connections, as browsers do when they run out of something.
   * @param isTold whether the page hears of it at once
   * @returns tells it later
   */
  closeAll(isTold: boolean): () => void {
    const closed = [...this.#connections];
    this.#connections.clear();
    const tell = (): void => {
      for (const { onclose } of closed) onclose?.();
    };
    if (isTold) tell();
    return tell;
  }

  /** Asks all connections to close, as another tab does that wants a newer version. */
  wantVersion(): void {
    for (const connection of this.#connections) connection.onversionchange?.();
  }

  #transaction(name: string) {
    const asked: Asked[] = [];
    const ask = (kind: RequestKind, key: string, work: (store: Store) => unknown): Request => {
      const request: Request = {};
      asked.push([request, kind, key, work]);
      return request;
    };
    const sorted = (store: Store): [string, unknown][] => [...store].sort(([a], [b]) => (a < b ? -1 : 1));
    const objectStore = () => ({
      put: (value: unknown, key: string) => ask('put', key, (store) => store.set(key, value)),
      delete: (key: string) => ask('delete', key, (store) => store.delete(key)),
      get: (key: string) => ask('get', key, (store) => store.get(key)),
      getAll: () => ask('getAll', '', (store) => sorted(store).map(([, value]) => value)),
      getAllKeys: () => ask('getAllKeys', '', (store) => sorted(store).map(([key]) => key)),
      clear: () => ask('clear', '', (store) => store.clear()),
    });
    const transaction: Transaction = {};
    this.#last = this.#last.then(
      () =>
        new Promise((resolve) => {
          later(() => {
            this.#run(name, asked, transaction);
            resolve();
          });
        }),
    );
    return Object.assign(transaction, { objectStore });
  }

  #run(name: string, asked: readonly Asked[], transaction: Transaction): void {
    const changed = new Map(this.kept(name));
    for (const [request, kind, key, work] of asked) {
      const error = transaction.error ?? this.fault(kind, key);
      if (error) {
        request.error = error;
        transaction.error = error;
        request.onerror?.();
      } else {
        request.result = work(changed);
        request.onsuccess?.();
      }
    }
    if (transaction.error) transaction.onabort?.();
    else {
      this.stores.set(name, changed);
      transaction.oncomplete?.();
    }
    this.onEnd();
  }
}
