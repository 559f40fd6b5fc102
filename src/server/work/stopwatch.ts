/** Seconds that the stages of a job take. */
import type { StageSeconds } from '../engines/messages.ts';

type Stage = keyof StageSeconds;

export class Stopwatch {
  readonly #seconds: Partial<Record<Stage, number>> = {};

  /** Does the work and adds its time to a stage. */
  async during<T>(stage: Stage, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#seconds[stage] = (this.#seconds[stage] ?? 0) + (performance.now() - start) / 1000;
    }
  }

  get seconds(): StageSeconds {
    return { ...this.#seconds };
  }
}
