/** What `dataset` says while it works and at its end. */
import { count, percent } from '../../../text.ts';
import { basename } from 'node:path';
import pc from 'picocolors';
import type { Problem, Severity } from '../../../data/checks/check.ts';
import type { SplitStatistics } from '../../../data/stats.ts';
import type { ContactSheetResult } from '../../../tasks/dataset/contact-sheet.ts';
import type { ConvertResult } from '../../../tasks/dataset/convert.ts';
import type { DatasetEvent, DatasetHead } from '../../../tasks/dataset/open.ts';
import type { VerifyResult } from '../../../tasks/dataset/verify.ts';
import { EXIT } from '../../exit.ts';
import { note, print, table, warn } from '../../output.ts';
import { progressBars } from '../../progress-bars.ts';

/** Shows events; `end` ends the bar. */
export function datasetEvents(): { readonly onEvent: (event: DatasetEvent) => void; end(): void } {
  const bars = progressBars();
  return {
    onEvent(event) {
      if (event.type === 'warning') warn(event.message);
      else bars.show({ ...event, name: basename(event.name) });
    },
    end: () => bars.stop(),
  };
}

/** @returns the exit code, as the others here. */
export function reportVerification(result: VerifyResult, json: boolean): number {
  const { ok, problems } = result;
  if (json) print(JSON.stringify(result));
  else {
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const warnings = problems.filter(({ severity }) => severity === 'warning').length;
    print(describe(result));
    for (const problem of problems) printProblem(problem);
    print(
      `\n${ok ? 'Ready for training' : 'Not ready for training'}: ${count(errors, 'kind of error', 'kinds of errors')}, ${count(warnings, 'kind of warning', 'kinds of warnings')}.`,
    );
  }
  return ok ? EXIT.success : EXIT.failure;
}

/** What cannot be read is said as `verify` says it. */
export function reportStatistics(result: VerifyResult, json: boolean): number {
  const { ok, problems, statistics, samples } = result;
  if (json) print(JSON.stringify(result));
  else {
    print(describe(result));
    for (const split of statistics) printStatistics(split, samples[split.split] as number);
    for (const problem of problems) printProblem(problem);
  }
  return ok ? EXIT.success : EXIT.failure;
}

export function reportConversion(result: ConvertResult, json: boolean): number {
  const { entry, converted, classes } = result;
  if (json) print(JSON.stringify(result));
  else {
    const counts = Object.entries(converted).map(([split, samplesIn]) => `${split} ${samplesIn}`);
    print(`${entry}: ${counts.join(', ')} images with labels, ${count(classes.length, 'class', 'classes')}`);
  }
  return EXIT.success;
}

export function reportContactSheet({ output, split }: ContactSheetResult): void {
  if (split === null) note('No split has a sample, so there is nothing to draw on a contact sheet.');
  else note(`Contact sheet of ${split}: ${output}`);
}

function describe({ dataset, format, samples, classes }: DatasetHead): string {
  const counts = Object.entries(samples).map(([split, samplesIn]) => `${split} ${samplesIn}`);
  return `${dataset}: ${format}, ${counts.join(', ')} samples, ${count(classes.length, 'class', 'classes')} (${classes.slice(0, 12).join(', ')}${classes.length > 12 ? ', ...' : ''})`;
}

const LABELS: Readonly<Record<Severity, string>> = {
  error: pc.red('Error'),
  warning: pc.yellow('Warning'),
  info: pc.cyan('Info'),
};

/** Items of a problem that are printed; JSON has all. */
const MOST_ITEMS = 10;

function printProblem({ severity, code, message, advice, items }: Problem): void {
  print(`\n${LABELS[severity]} ${pc.dim(`[${code}]`)} ${message}.${advice === '' ? '' : ` ${advice}`}`);
  for (const { subject, detail } of items.slice(0, MOST_ITEMS))
    print(`  ${subject}${detail === undefined ? '' : `: ${detail}`}`);
  if (items.length > MOST_ITEMS) print(pc.dim(`  and ${items.length - MOST_ITEMS} more (all with --json)`));
}

function printStatistics(statistics: SplitStatistics, all: number): void {
  const { split, samples, classes, ignoredFraction, sizes, mean, std } = statistics;
  if (samples === 0) {
    print(`\n${pc.bold(split)}: none of ${count(all, 'sample')} can be read`);
    return;
  }
  const read = samples === all ? count(all, 'sample') : `${samples} of ${count(all, 'sample')}`;
  print(`\n${pc.bold(split)}: ${read}, ${percent(ignoredFraction, 2)} of all pixels ignored`);
  const shown = sizes.slice(0, 5).map(({ width, height, images }) => `${width}x${height} (${images})`);
  print(`Sizes: ${shown.join(', ')}${sizes.length > 5 ? `, ${sizes.length - 5} more` : ''}`);
  const triple = (values: readonly number[]) => values.map((value) => value.toFixed(3)).join(', ');
  print(`Mean: ${triple(mean)}; deviation: ${triple(std)} (red, green, blue, in 0 ... 1)`);
  const rows = classes.map(({ id, name, fraction, images, weight }) => [
    String(id),
    name,
    percent(fraction, 2),
    String(images),
    weight.toFixed(2),
  ]);
  print(table([['id', 'class', 'pixels', 'images', 'weight'], ...rows], [0, 2, 3, 4]));
}
