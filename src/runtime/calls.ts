/** Calls to something that can be disposed of: what was begun is finished first, and nothing begins after. */
import { RuntimeError } from '../errors.ts';

export class Calls {
  readonly #open = new Set<Promise<unknown>>();
  readonly #message: string;
  #disposal: Promise<void> | undefined;

  /** @param message what a call gets told that comes after disposal. */
  constructor(message: string) {
    this.#message = message;
  }

  /** Begins a call. @throws RuntimeError after disposal */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#disposal) throw new RuntimeError(this.#message);
    const call = work();
    this.#open.add(call);
    try {
      return await call;
    } finally {
      this.#open.delete(call);
    }
  }

  /**
   * Lets no further call begin and, once all that were begun have ended, frees what they need.
   * Calling it again does nothing but wait for the same.
   */
  dispose(free: () => Promise<unknown>): Promise<void> {
    this.#disposal ??= Promise.allSettled(this.#open).then(async () => {
      await free();
    });
    return this.#disposal;
  }
}
