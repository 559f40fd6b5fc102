/** What `train` says while it works and at its end. */
import { basename } from 'node:path';
import pc from 'picocolors';
import type { AbortSignalLike } from '../../../inference/segment-options.ts';
import type { TrainEvent } from '../../../tasks/train/events.ts';
import type { TrainResult } from '../../../tasks/train/train.ts';
import { gigabytes } from '../../../training/memory-estimate.ts';
import { EXIT } from '../../exit.ts';
import { interruptible } from '../../interruption.ts';
import { duration, percent } from '../../../text.ts';
import { note, print, warn } from '../../output.ts';
import { progressBars } from '../../progress-bars.ts';
import { describeConfiguration } from './describe-configuration.ts';
import { type TrainingProgress, trainingProgress } from './progress.ts';

export interface TrainReport {
  readonly signal: AbortSignalLike;
  readonly onEvent: (event: TrainEvent) => void;
  /** Says what is left to say. @returns the exit code. */
  conclude(result: TrainResult): number;
  /** Ends the bars, and gives the signals back. */
  end(): void;
}

type Told = { readonly [Type in TrainEvent['type']]: (event: Extract<TrainEvent, { readonly type: Type }>) => void };

export function trainReport({ json = false }: { readonly json?: boolean }): TrainReport {
  const interruption = interruptible('\nEnding after this step, with a checkpoint. Ctrl-C again ends at once.');
  const checking = progressBars();
  let bar: TrainingProgress | undefined;
  const beside = (write: () => void): void => (bar ? bar.interrupt(write) : write());
  const told: Told = {
    note: ({ message }) => note(pc.dim(message)),
    warning({ message }) {
      checking.stop();
      beside(() => warn(message));
    },
    'starting-model': ({ architecture, kept, weights }) =>
      note(`${architecture}, ${weights === null ? 'from random weights' : `${kept} from ${weights}`}`),
    progress: (event) => checking.show({ ...event, name: basename(event.name) }),
    configuration({ configuration, device, memory: { estimate, available } }) {
      checking.stop();
      for (const line of describeConfiguration(configuration)) note(line);
      const all = available === null ? '' : ` of ${gigabytes(available)}`;
      note(`memory: about ${gigabytes(estimate)}${all}, computing on ${device}`);
    },
    run({ run, isResumed }) {
      interruption.begin();
      bar = trainingProgress();
      note(pc.dim(`${isResumed ? 'Going on' : 'Running'} in ${run}; Ctrl-C ends it with a checkpoint.`));
    },
    step: ({ report }) => bar?.step(report),
    epoch: ({ record: { epoch, loss, accuracy, seconds }, epochs }) =>
      beside(() =>
        note(
          `epoch ${epoch}/${epochs}: mean loss ${loss.toFixed(4)}, training accuracy ${percent(accuracy, 2)}, ${duration(seconds)} so far`,
        ),
      ),
    validation: ({ record: { epoch, meanIoU, pixelAccuracy }, epochs, isBest }) =>
      beside(() =>
        note(
          `epoch ${epoch}/${epochs}: validation mIoU ${percent(meanIoU, 2)}, accuracy ${percent(pixelAccuracy, 2)}${isBest ? pc.green(' (best so far)') : ''}`,
        ),
      ),
    checkpoint() {},
  };
  return {
    signal: interruption.signal,
    onEvent: (event) => (told[event.type] as (event: TrainEvent) => void)(event),
    conclude(result) {
      conclude(result, json);
      return EXIT.success;
    },
    end() {
      checking.stop();
      bar?.stop();
      interruption.release();
    },
  };
}

function conclude({ plannedEpochs, ...result }: TrainResult, json: boolean): void {
  const { run, status, finished, updates, epochs, best, model } = result;
  if (json) {
    print(JSON.stringify({ run, status, finished, updates, epochs, best, model }));
    return;
  }
  if (status === 'interrupted') {
    print(`Interrupted after update ${updates}; go on with: npx refinenet train --resume ${run}`);
    return;
  }
  const end = finished === 'patience' ? `Ended early after epoch ${epochs} of ${plannedEpochs}` : 'Done';
  const score = best ? `, best validation mIoU ${percent(best.meanIoU, 2)} in epoch ${best.epoch}` : '';
  print(`${end}${score}: ${model}`);
  note(pc.dim(`Next: npx refinenet predict PHOTO.jpg --model ${model}`));
}
