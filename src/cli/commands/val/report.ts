/** What `val` says while it works and at its end. */
import { basename } from 'node:path';
import pc from 'picocolors';
import { count } from '../../../text.ts';
import type { EvaluateResult } from '../../../tasks/evaluate/evaluate.ts';
import type { EvaluateEvent } from '../../../tasks/evaluate/events.ts';
import { EXIT } from '../../exit.ts';
import { fail, note, print, warn } from '../../output.ts';
import { progressBars } from '../../progress-bars.ts';
import type { ValOptions } from './options.ts';
import { describeEvaluation } from './table.ts';

export interface ValReport {
  readonly onEvent: (event: EvaluateEvent) => void;
  /** Says what is left to say. @returns the exit code. */
  conclude(result: EvaluateResult): number;
  /** Ends the bar. */
  end(): void;
}

type Told = {
  readonly [Type in EvaluateEvent['type']]: (event: Extract<EvaluateEvent, { readonly type: Type }>) => void;
};

export function valReport(options: ValOptions): ValReport {
  const bars = progressBars();
  const told: Told = {
    note: ({ message }) => note(pc.dim(message)),
    warning: ({ message }) => warn(message),
    source: ({ words }) => note(`Scoring ${words}.`),
    model: ({ classes, provider }) => note(pc.dim(`${classes} classes, computing on ${provider}`)),
    failure: ({ message }) => bars.interrupt(() => fail(message)),
    progress: (event) => bars.show({ ...event, name: basename(event.name) }),
  };
  return {
    onEvent: (event) => (told[event.type] as (event: EvaluateEvent) => void)(event),
    conclude: (result) => conclude(result, options),
    end: () => bars.stop(),
  };
}

function conclude({ report, images, files }: EvaluateResult, { json, save }: ValOptions): number {
  if (json) print(JSON.stringify(report));
  else {
    const { source, dataset, split, pixels } = report;
    const scored = count(report.images.length, 'image', 'images');
    print(
      `${source} on ${dataset}, ${split}: ${scored}, ${millions(pixels.scored)} pixels scored, ${millions(pixels.ignored)} without a class\n`,
    );
    print(describeEvaluation(report));
  }
  note(pc.dim(`Written: ${files.join(', ')}`));
  if (save !== undefined) {
    note(pc.dim(`Predictions: ${save}; score them again with: npx refinenet val ${save} ${report.dataset}`));
  }
  const failed = report.failures.length;
  if (failed === 0) return EXIT.success;
  note(`${failed} of ${images} images failed; the figures are those of the others.`);
  return EXIT.failure;
}

function millions(pixels: number): string {
  return pixels < 1e6 ? String(pixels) : `${(pixels / 1e6).toFixed(1)} million`;
}
