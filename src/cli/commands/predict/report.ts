/** What `predict` says while it works and at its end. */
import { count, percent } from '../../../text.ts';
import { basename } from 'node:path';
import pc from 'picocolors';
import type { AbortSignalLike } from '../../../inference/segment-options.ts';
import type { PredictEvent, PredictResult } from '../../../tasks/predict/predict.ts';
import type { ImageReport } from '../../../tasks/predict/prediction-files.ts';
import { EXIT } from '../../exit.ts';
import { interruptible } from '../../interruption.ts';
import { fail, note, print, warn } from '../../output.ts';
import { progressBars } from '../../progress-bars.ts';

export interface PredictReport {
  readonly signal: AbortSignalLike;
  readonly onEvent: (event: PredictEvent) => void;
  /** Says what is left to say. @returns the exit code. */
  conclude(result: PredictResult): number;
  /** Ends the bar, and gives the signals back. */
  end(): void;
}

export function predictReport({ json = false }: { readonly json?: boolean }): PredictReport {
  const interruption = interruptible(
    '\nEnding; images that are being written are finished. Ctrl-C again ends at once.',
  );
  const bars = progressBars();
  let isOne = false;
  return {
    signal: interruption.signal,
    onEvent(event) {
      if (event.type === 'warning') warn(event.message);
      else if (event.type === 'model') {
        note(pc.dim(`${event.classes} classes, computing on ${event.provider}`));
        interruption.begin();
      } else if (event.type === 'image')
        bars.interrupt(() => print(json ? JSON.stringify(event.report) : describe(event.report)));
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

function describe({ image, outputs, classes }: ImageReport): string {
  const shares = classes.slice(0, 4).map(({ label, fraction }) => `${label} ${percent(fraction)}`);
  const rest = classes.length > 4 ? `, ${classes.length - 4} more` : '';
  return `${image}: ${shares.join(', ')}${rest} ${pc.dim(`→ ${outputs.overlay}`)}`;
}
