/** What `predict` says while it works and at its end. */
import { count, percent } from '../../../text.ts';
import { basename } from 'node:path';
import pc from 'picocolors';
import type { NoteEvent } from '../../../tasks/events.ts';
import type { PredictEvent, PredictResult } from '../../../tasks/predict/predict.ts';
import type { ImageReport } from '../../../tasks/predict/prediction-files.ts';
import { EXIT } from '../../exit.ts';
import { interruptible } from '../../interruption.ts';
import { fail, note, print, warn } from '../../output.ts';
import { progressBars } from '../../progress-bars.ts';

export interface PredictReport {
  readonly signal: AbortSignal;
  readonly onEvent: (event: PredictEvent | NoteEvent) => void;
  /** From here on Ctrl-C asks for an end; until then it ends at once. */
  begin(): void;
  /** Says what is left to say. @returns the exit code. */
  conclude(result: PredictResult): number;
  /** Ends the bar, and gives the signals back. */
  end(): void;
}

export interface PredictReportOptions {
  readonly json?: boolean;
  /** What is said at the first Ctrl-C. */
  readonly ending?: string;
}

const ENDING = '\nEnding; images that are being written are finished. Ctrl-C again ends at once.';

export function predictReport({ json = false, ending = ENDING }: PredictReportOptions): PredictReport {
  const interruption = interruptible(ending);
  const bars = progressBars();
  let isOne = false;
  return {
    signal: interruption.signal,
    begin: () => interruption.begin(),
    onEvent(event) {
      if (event.type === 'warning') bars.interrupt(() => warn(event.message));
      else if (event.type === 'note') bars.interrupt(() => note(event.message));
      else if (event.type === 'model') {
        note(pc.dim(`${event.classes} classes, computing on ${event.provider}`));
        interruption.begin();
      } else if (event.type === 'image')
        bars.interrupt(() => print(json ? JSON.stringify(event.report) : describeImage(event.report)));
      else if (event.type === 'failure') bars.interrupt(() => fail(event.message));
      else {
        // Runs are counted for a single image only.
        if (event.unit === 'images') isOne = event.total === 1;
        if ((event.unit === 'runs') === isOne) bars.show({ ...event, name: basename(event.name) });
      }
    },
    conclude,
    end() {
      bars.stop();
      interruption.release();
    },
  };
}

function conclude({ status, images, done, failures, output }: PredictResult): number {
  const failed = failures.length > 0 ? `${failures.length} of ${count(images, 'image', 'images')} failed` : '';
  if (status === 'interrupted') {
    note(`Interrupted: ${done} of ${images} images are done, in ${output}${failed && `; ${failed}`}.`);
  } else if (failed) note(`${failed}${done > 0 ? `; the others are in ${output}` : ''}.`);
  return status === 'interrupted' || failed ? EXIT.failure : EXIT.success;
}

/** An image's line. */
export function describeImage({ image, outputs, classes }: ImageReport): string {
  const shares = classes.slice(0, 4).map(({ label, fraction }) => `${label} ${percent(fraction)}`);
  const rest = classes.length > 4 ? `, ${classes.length - 4} more` : '';
  return `${image}: ${shares.join(', ')}${rest} ${pc.dim(`→ ${outputs.overlay}`)}`;
}
