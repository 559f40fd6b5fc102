/** One update of a run: batches, the step, a look at its loss, and the record. */
import { messageOf, RuntimeError } from '../../errors.ts';
import { rateFactor, warmupOf } from '../schedules.ts';
import { type Batch, PARAMETER_GROUPS, type ParameterGroup, type StepResult, type StepScalars } from '../step/types.ts';
import { LAST, type RunState } from './checkpoint.ts';
import { keepPassing } from './keep-checkpoint.ts';
import type { StepRecord } from './log.ts';
import { isRunaway, type LossWatch, runningMean, watched } from './loss-watch.ts';
import type { MicroBatches } from './micro-batches.ts';
import { type Run, shareOf } from './parts.ts';

/** How much the newest update counts in the estimate of the time left. */
const PACE = 0.1;

/** The running mean of seconds an update; undefined before the first. */
export type Pace = number | undefined;

/** @returns the state after the update, and the pace. @throws RuntimeError if the loss is not finite or runs away. */
export async function update(
  run: Run,
  source: MicroBatches,
  state: RunState,
  pace: Pace,
): Promise<{ readonly state: RunState; readonly pace: number }> {
  const { configuration, log, callbacks, length } = run;
  const began = performance.now();
  const batches = await batchesFor(run, source, state);
  const scalars = scalarsAt(run, state);
  const result = await stepped(run, batches, scalars, state);
  const updates = state.updates + 1;
  const next: RunState = {
    ...state,
    updates,
    position: state.position + 1,
    watch: watchedIn(run, state, result),
    sums: {
      loss: state.sums.loss + result.loss,
      pixels: state.sums.pixels + result.pixels,
      correct: state.sums.correct + result.correct,
    },
  };
  const seconds = (performance.now() - began) / 1000;
  const secondsPerUpdate = pace === undefined ? seconds : pace + PACE * (seconds - pace);
  const record: StepRecord = {
    type: 'step',
    update: updates,
    epoch: state.epoch + 1,
    loss: result.loss,
    gradientNorm: result.gradientNorm,
    accuracy: shareOf(result.correct, result.pixels),
    rates: scalars.rates,
    seconds: run.seconds(),
    imagesPerSecond: (configuration.batch * configuration.step.accumulate) / seconds,
  };
  await log.add(record);
  callbacks.onStep?.({
    ...record,
    updates: length.updates,
    epochs: configuration.epochs,
    secondsLeft: (length.updates - updates) * secondsPerUpdate,
  });
  return { state: next, pace: secondsPerUpdate };
}

/** A damaged file ends the run, but not what was learned before. */
async function batchesFor(run: Run, source: MicroBatches, state: RunState): Promise<Batch[]> {
  try {
    return await source.next(state);
  } catch (error) {
    await keepPassing(run, state);
    throw error;
  }
}

function scalarsAt({ configuration, length }: Run, { updates }: RunState): StepScalars {
  const factor = rateFactor(configuration.schedule, updates, length);
  const rates = PARAMETER_GROUPS.map((group) => [group, factor * configuration.rates[group]]);
  return { rates: Object.fromEntries(rates) as Record<ParameterGroup, number>, updates };
}

function stepped(run: Run, batches: readonly Batch[], scalars: StepScalars, state: RunState): Promise<StepResult> {
  const { step, configuration } = run;
  return step.run(batches, scalars, [configuration.seed, 'dropout', state.updates]).catch((error: unknown) => {
    if (!(error instanceof RuntimeError)) throw error;
    throw stopped(run, state, messageOf(error), error);
  });
}

function watchedIn(run: Run, state: RunState, { loss }: StepResult): LossWatch {
  const watch = watched(state.watch, loss, state.updates + 1, warmupOf(run.configuration.schedule));
  if (!isRunaway(watch)) return watch;
  const best = watch.best === null ? '' : `, ten times its best, ${watch.best.toPrecision(3)}, and more`;
  throw stopped(
    run,
    state,
    `the loss ran away (running mean ${runningMean(watch).toPrecision(3)}${best}). Start again with a lower learning rate or a lower clipping norm.`,
  );
}

/** What ends a run that went wrong; the checkpoints are left as they are. */
function stopped({ storage, length }: Run, state: RunState, reason: string, cause?: unknown): RuntimeError {
  return new RuntimeError(
    `${storage.name}: training stopped at update ${state.updates + 1} of ${length.updates}: ${reason} ` +
      `${storage.name}/${LAST} holds the last good checkpoint.`,
    { cause },
  );
}
