/** What `export` says while it works and at its end. */
import { basename } from 'node:path';
import type { Comparison } from '../../../tasks/export/comparison.ts';
import type { ExportEvent } from '../../../tasks/export/events.ts';
import type { ExportResult } from '../../../tasks/export/export.ts';
import { count, percent } from '../../../text.ts';
import { fail, print, table, warn } from '../../output.ts';
import { progressBars } from '../../progress-bars.ts';

export interface ExportReport {
  readonly onEvent: (event: ExportEvent) => void;
  /** Says what is left to say. */
  conclude(result: ExportResult): void;
  /** Ends the bar. */
  end(): void;
}

export function exportReport({ json = false }: { readonly json?: boolean }): ExportReport {
  const bars = progressBars();
  return {
    onEvent(event) {
      if (event.type === 'progress') bars.show({ ...event, name: basename(event.name) });
      else bars.interrupt(() => (event.type === 'failure' ? fail : warn)(event.message));
    },
    conclude: (result) => print(json ? JSON.stringify(result) : describe(result)),
    end: () => bars.stop(),
  };
}

function describe({ path, bytes, difference, agreement, ...rest }: ExportResult): string {
  const { meanWith = [], comparedImages = 0, comparison } = rest;
  const lines = [`${path}, ${(bytes / 1e6).toFixed(1)} MB`];
  if (meanWith.length > 0) lines.push(`The mean of the weights of ${count(meanWith.length + 1, 'model')}`);
  if (difference !== undefined)
    lines.push(`Checked: relative difference from our own logits ${difference.toExponential(1)}`);
  if (agreement !== undefined) {
    lines.push(
      `Checked: ${percent(agreement)} of the pixels of ${count(comparedImages, 'image')} get the label they get in float32`,
    );
  }
  if (comparison) lines.push(describeComparison(comparison));
  return lines.join('\n');
}

/** Writes them as a table, in percent. */
function describeComparison({ dataset, split, images, scores }: Comparison): string {
  const share = (value: number | null): string => (value === null ? '-' : (100 * value).toFixed(2));
  const rows = scores.map(({ precision, meanIoU, pixelAccuracy }) => [precision, share(meanIoU), share(pixelAccuracy)]);
  return `On ${dataset}, ${split}, ${count(images, 'image')}, in percent:\n${table([['', 'mIoU', 'pixel accuracy'], ...rows], [1, 2])}`;
}
