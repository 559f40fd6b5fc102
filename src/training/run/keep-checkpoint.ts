/** When checkpoints are kept, and what happens if one cannot be. */
import { percent } from '../../text.ts';
import { messageOf } from '../../errors.ts';
import type { TrainingConfiguration } from '../configuration.ts';
import { BEST, checkpointFiles, LAST, type RunState } from './checkpoint.ts';
import { isSuspicious } from './loss-watch.ts';
import type { RunParts } from './parts.ts';

/** Keeps the step's state in a folder, and tells of it. @throws RefineNetError if it cannot be written; what was there is untouched then. */
export async function keepCheckpoint(parts: RunParts, folder: string, state: RunState): Promise<void> {
  await writeCheckpoint(parts, folder, state);
  parts.callbacks.onCheckpoint?.({ folder, update: state.updates });
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
export const keepBest = (parts: RunParts, state: RunState): Promise<void> => keepCheckpoint(parts, BEST, state);

/** Keeps the state that a run ends with. */
export const keepLast = (parts: RunParts, state: RunState): Promise<void> => keepCheckpoint(parts, LAST, state);

/**
 * Keeps the state that a run passes. If it cannot be written it is warned of and tried again at the next; none is kept while the
 * loss is climbing as if to run away.
 */
export async function keepPassing(parts: RunParts, state: RunState): Promise<void> {
  if (isSuspicious(state.watch)) return;
  try {
    await keepCheckpoint(parts, LAST, state);
  } catch (error) {
    parts.callbacks.onWarning?.(
      `The checkpoint of update ${state.updates} was not kept; the one before is untouched. ${messageOf(error)}`,
    );
  }
}

function originOf({ preset, epochs }: TrainingConfiguration, { updates, epoch, best }: RunState): string {
  const score = best ? ` Best validation mIoU so far: ${percent(best.meanIoU, 2)} (epoch ${best.epoch}).` : '';
  return `Trained by \`refinenet train\` with the recipe \`${preset}\`: ${updates} updates, ${epoch} of ${epochs} epochs.${score}`;
}
