/** Calls one after another; one that waits can be given up at once, or replaced by a newer one. */

interface Entry {
  readonly begin: () => Promise<void>;
  readonly giveUp: (reason: unknown) => void;
  readonly isReplaceable: boolean;
}

export interface QueueOptions {
  readonly signal?: AbortSignal | undefined;
  /** Takes the place of calls that wait and are replaceable themselves. */
  readonly latest?: boolean | undefined;
}

export class CallQueue {
  #waiting: Entry[] = [];
  #isRunning = false;

  /**
   * The result of work that begins when all before it has ended.
   * @throws what the work throws, the signal's reason as soon as it is aborted, an AbortError if a newer call took its place
   */
  run<T>(work: () => Promise<T>, { signal, latest = false }: QueueOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((each) => each !== entry);
        reject(signal?.reason);
      };
      const entry: Entry = {
        isReplaceable: latest,
        begin: async () => {
          try {
            resolve(await work());
          } catch (error) {
            reject(error);
          } finally {
            signal?.removeEventListener('abort', onAbort);
          }
        },
        giveUp: (reason) => {
          signal?.removeEventListener('abort', onAbort);
          reject(reason);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      if (latest) this.#replace();
      this.#waiting.push(entry);
      void this.#work();
    });
  }

  /** Gives up all that wait. */
  clear(reason: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { giveUp } of waiting) giveUp(reason);
  }

  #replace(): void {
    const replaced = this.#waiting.filter(({ isReplaceable }) => isReplaceable);
    this.#waiting = this.#waiting.filter(({ isReplaceable }) => !isReplaceable);
    for (const { giveUp } of replaced)
      giveUp(new DOMException('A newer frame took the place of this one.', 'AbortError'));
  }

  async #work(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift()) await entry.begin();
    this.#isRunning = false;
  }
}
