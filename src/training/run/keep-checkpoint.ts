/** When checkpoints are kept, and what happens if one cannot be. */
import { percent } from '../../text.ts';
import { messageOf } from '../../errors.ts';
import type { TrainingConfiguration } from '../configuration.ts';
import { BEST, checkpointFiles, LAST, type RunState } from './checkpoint.ts';
import { isSuspicious, runningMean } from './loss-watch.ts';
import type { Run, RunParts } from './parts.ts';

/** Keeps the step's state in a folder, and tells of it. @throws RefineNetError if it cannot be written; what was there is untouched then. */
export async function keepCheckpoint(run: Run, folder: string, state: RunState): Promise<void> {
  await writeCheckpoint(run, folder, state);
  if (folder === LAST) run.last.update = state.updates;
  run.callbacks.onCheckpoint?.({ folder, update: state.updates });
}

async function writeCheckpoint(
  { storage, log, step, model, configuration, card }: RunParts,
  folder: string,
  state: RunState,
): Promise<void> {
  // The log first: it may be ahead of the checkpoint, but not behind it.
  await log.flush();
  const files = checkpointFiles(model, { state, training: await step.state() }, configuration, {
    ...card,
    origin: originOf(configuration, state),
  });
  await storage.replaceFolder(folder, files);
}

/** Keeps the state that a new run begins with, and whatever makes it a run; only then it is told of: whoever hears of it may resume it. */
export async function keepFirst(parts: RunParts, state: RunState, begin: () => Promise<void>): Promise<void> {
  await writeCheckpoint(parts, LAST, state);
  await begin();
  parts.callbacks.onCheckpoint?.({ folder: LAST, update: state.updates });
}

/** Keeps the best state so far. The best weights are never seen again: better to end here, and to come to this place again. */
export const keepBest = (run: Run, state: RunState): Promise<void> => keepCheckpoint(run, BEST, state);

/** Keeps the state that a run ends with. */
export const keepLast = (run: Run, state: RunState): Promise<void> => keepCheckpoint(run, LAST, state);

/**
 * Keeps the state that a run passes. If it cannot be written it is warned of and tried again at the next; none is kept while the
 * loss is climbing as if to run away, which is warned of when it begins.
 */
export async function keepPassing(run: Run, state: RunState): Promise<void> {
  const { last, callbacks } = run;
  const stood = last.stands;
  last.stands = isSuspicious(state.watch);
  if (last.stands) {
    if (!stood) callbacks.onWarning?.(standing(run, state));
    return;
  }
  try {
    await keepCheckpoint(run, LAST, state);
  } catch (error) {
    callbacks.onWarning?.(
      `The checkpoint of update ${state.updates} was not kept; the one before is untouched. ${messageOf(error)}`,
    );
  }
}

function standing({ last }: Run, { watch }: RunState): string {
  const [mean, best] = [runningMean(watch), watch.best as number].map((loss) => loss.toPrecision(3));
  return `${LAST} is not replaced on the way while the loss is so high: its running mean is ${mean}, more than three times its best, ${best}. It stays at update ${last.update}.`;
}

function originOf({ preset, epochs }: TrainingConfiguration, { updates, epoch, best }: RunState): string {
  const score = best ? ` Best validation mIoU so far: ${percent(best.meanIoU, 2)} (epoch ${best.epoch}).` : '';
  return `Trained by \`refinenet train\` with the recipe \`${preset}\`: ${updates} updates, ${epoch} of ${epochs} epochs.${score}`;
}
