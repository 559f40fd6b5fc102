/** The end of an epoch: its record, its validation, images and a checkpoint. */
import { drawPlots, drawSamples } from './artifacts.ts';
import { type RunState, weightsToUse } from './checkpoint.ts';
import { keepLast, keepPassing } from './keep-checkpoint.ts';
import type { EpochRecord } from './log.ts';
import { type Run, shareOf } from './parts.ts';
import { scored } from './validation.ts';

/** Images on a sheet of sample predictions. */
const SHEET_ROWS = 4;

/** @returns the state with the epoch closed; the given one if the signal cut its validation short: it begins again on resuming. */
export async function endEpoch(run: Run, state: RunState): Promise<RunState> {
  const { configuration, validate, signal, log, callbacks } = run;
  const epoch = state.epoch + 1;
  const isLast = epoch === configuration.epochs;
  const isValidated = validate !== undefined && (isLast || epoch % configuration.validateEvery === 0);
  const isShown = configuration.samplesEvery !== null && (isLast || epoch % configuration.samplesEvery === 0);
  const record: EpochRecord = {
    type: 'epoch',
    update: state.updates,
    epoch,
    loss: state.sums.loss / run.length.updatesPerEpoch,
    accuracy: shareOf(state.sums.correct, state.sums.pixels),
    seconds: run.seconds(),
  };
  const result = isValidated
    ? await validate(weightsToUse(await run.step.state()), {
        keep: isShown ? SHEET_ROWS : 0,
        signal,
        onImage: callbacks.onValidationImage?.bind(callbacks),
      })
    : undefined;
  if (isValidated && result === undefined) return state;

  await log.add(record);
  callbacks.onEpoch?.(record);
  const closed: RunState = {
    ...state,
    epoch,
    position: 0,
    sums: { loss: 0, pixels: 0, correct: 0 },
    finished: isLast ? 'epochs' : null,
  };
  const next = result ? await scored(run, closed, result) : closed;
  if (result && result.samples.length > 0) await drawSamples(run, next, result.samples);
  await drawPlots(run);
  await (next.finished === null ? keepPassing : keepLast)(run, next);
  return next;
}
