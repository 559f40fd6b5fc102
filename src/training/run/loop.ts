/** The loop of training, from any state of a run to its end. */
import { messageOf } from '../../errors.ts';
import type { RunState } from './checkpoint.ts';
import { endEpoch } from './epoch-end.ts';
import { keepLast, keepPassing } from './keep-checkpoint.ts';
import { MicroBatches } from './micro-batches.ts';
import { type Run, type RunParts, startRun } from './parts.ts';
import { type Pace, update } from './update.ts';

/**
 * Runs until the end, or until the signal says so; then a checkpoint is kept. Returns the state reached.
 */
export async function runLoop(parts: RunParts, start: RunState): Promise<RunState> {
  const run = startRun(parts, start);
  const batches = new MicroBatches(run);
  let state = start;
  let pace: Pace;
  try {
    while (state.finished === null) {
      const before = state;
      if (state.position === run.length.updatesPerEpoch) {
        state = await endEpoch(run, state);
        await batches.skipRest();
      } else {
        ({ state, pace } = await update(run, batches, state, pace));
        if (isDue(run, state)) await keepPassing(run, state);
      }
      if (state.finished === null && run.signal?.aborted) {
        await keepLast(run, state);
        break;
      }
      if (state === before) break;
    }
  } finally {
    await batches.stop();
    await run.log.flush().catch((error: unknown) => run.callbacks.onWarning?.(messageOf(error)));
  }
  return state;
}

/** Whether a checkpoint is due within an epoch. */
const isDue = ({ configuration, length }: Run, { position, updates }: RunState): boolean =>
  configuration.saveEvery !== null && position < length.updatesPerEpoch && updates % configuration.saveEvery === 0;
