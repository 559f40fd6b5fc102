/** The batches of a run, taken from its source an update at a time. */
import { RuntimeError } from '../../errors.ts';
import type { Batch } from '../step/types.ts';
import type { RunState } from './checkpoint.ts';
import type { BatchSource, Run } from './parts.ts';

export class MicroBatches {
  readonly #run: Run;
  #batches: ReturnType<BatchSource['batches']> | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Those of the next update. The first call after a stop says where to begin. */
  async next(state: RunState): Promise<Batch[]> {
    const { source, configuration } = this.#run;
    const { accumulate } = configuration.step;
    this.#batches ??= source.batches({
      seed: configuration.seed,
      epoch: state.epoch,
      position: state.position * accumulate,
    });
    const taken: Batch[] = [];
    while (taken.length < accumulate) {
      const { value, done } = await this.#batches.next();
      if (done === true) throw new RuntimeError('The batches ended before the run.');
      taken.push('images' in value ? { pixels: value.images, labels: value.labels } : value);
    }
    return taken;
  }

  /** Passes over batches at the end of an epoch that fill no update. */
  async skipRest(): Promise<void> {
    const { source, length, configuration } = this.#run;
    if (length.updatesPerEpoch * configuration.step.accumulate < source.batchesPerEpoch) await this.stop();
  }

  /** Ends the work ahead. */
  async stop(): Promise<void> {
    const batches = this.#batches;
    this.#batches = undefined;
    await batches?.return?.(undefined);
  }
}
