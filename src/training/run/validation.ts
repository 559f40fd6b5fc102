/** What a validation means for a run: its record, the best score, and whether patience is at its end. */
import { metricsOf } from '../../evaluation/metrics.ts';
import type { RunState } from './checkpoint.ts';
import { keepBest } from './keep-checkpoint.ts';
import type { ValidationRecord } from './log.ts';
import type { Run } from './parts.ts';
import type { ValidationResult } from './validate.ts';

/** Logs a validation and keeps the checkpoint if it is the best so far. @returns the state with the score in it. */
export async function scored(run: Run, state: RunState, { matrix, images }: ValidationResult): Promise<RunState> {
  const { configuration, log, callbacks } = run;
  const metrics = metricsOf(matrix);
  const meanIoU = metrics.meanIoU ?? Number.NaN;
  const record: ValidationRecord = {
    type: 'validation',
    update: state.updates,
    epoch: state.epoch,
    meanIoU,
    pixelAccuracy: metrics.pixelAccuracy ?? Number.NaN,
    iou: Object.fromEntries(configuration.classes.map((name, id) => [name, metrics.classes[id]?.iou ?? null])),
    images,
    seconds: run.seconds(),
  };
  await log.add(record);
  const isBest = Number.isFinite(meanIoU) && meanIoU > (state.best?.meanIoU ?? Number.NEGATIVE_INFINITY);
  const sinceBest = isBest ? 0 : state.sinceBest + 1;
  const { patience } = configuration;
  const next: RunState = {
    ...state,
    best: isBest ? { meanIoU, epoch: state.epoch, updates: state.updates } : state.best,
    sinceBest,
    finished: state.finished ?? (patience !== null && sinceBest >= patience ? 'patience' : null),
  };
  callbacks.onValidation?.(record, isBest);
  if (isBest) await keepBest(run, next);
  return next;
}
