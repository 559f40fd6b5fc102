/** `refinenet dataset`: looks through labelled images before they are trained on, and converts them. */
import { basename } from 'node:path';
import pc from 'picocolors';
import { count, type Problem, type Severity } from '../../../data/checks/check.ts';
import { contactSheet } from '../../../data/contact-sheet.ts';
import { convertDataset } from '../../../data/convert.ts';
import type { Dataset } from '../../../data/dataset.ts';
import { describePassedOver } from '../../../data/passed-over.ts';
import type { Sample } from '../../../data/sample.ts';
import type { SplitStatistics } from '../../../data/stats.ts';
import { verifyDataset } from '../../../data/verify.ts';
import { UsageError } from '../../../errors.ts';
import { decodeDatasetImage, folderSink } from '../../../platform/node/dataset-files.ts';
import { encodeImage } from '../../../platform/node/encode-image.ts';
import { writeFileAtomically } from '../../../platform/node/files.ts';
import { addDatasetOptions, type DatasetOptions, openDataset } from '../../dataset-options.ts';
import { EXIT } from '../../exit.ts';
import { note, print, progress, table, warn } from '../../output.ts';
import { oneOf, wholeNumber } from '../../parse.ts';
import type { RegisterCommand } from '../register-command.ts';

interface DatasetCommandOptions extends DatasetOptions {
  readonly split?: string;
  readonly contactSheet?: string;
  readonly images: number;
  readonly output?: string;
  readonly json?: boolean;
}

const ACTIONS = { verify, stats, convert } as const;
type Action = keyof typeof ACTIONS;
const ACTION_NAMES = Object.keys(ACTIONS) as Action[];

export const registerDataset: RegisterCommand = (program, exit) => {
  const command = program
    .command('dataset')
    .description('look through labelled images: problems (verify), figures (stats); or convert them')
    .argument('<action>', ACTION_NAMES.join(', '), oneOf('dataset', ACTION_NAMES))
    .argument('<path>', 'the folder of the data set, its data.yaml or its list of pairs');
  addDatasetOptions(command)
    .option('--split <name>', 'only this split, such as train or val')
    .option('--contact-sheet <file>', 'draw images with their masks into a PNG or JPEG, to look at')
    .option('--images <count>', 'images on the contact sheet', wholeNumber('--images', 1), 16)
    .option('--output <folder>', 'where convert writes to')
    .option('--json', 'print JSON')
    .action(async (action: Action, path: string, options: DatasetCommandOptions) => {
      const dataset = await openDataset(path, options);
      // Asked for now, so that a name that is wrong is said before anything is read.
      if (options.split !== undefined) dataset.samples(options.split);
      const code = await ACTIONS[action](dataset, options);
      if (options.contactSheet !== undefined) await writeContactSheet(dataset, options.contactSheet, options);
      exit(code);
    });
};

async function verify(dataset: Dataset, options: DatasetCommandOptions): Promise<number> {
  const { problems, statistics } = await withProgress(dataset, options, (scan) => verifyDataset(dataset, scan));
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  if (options.json) print(JSON.stringify({ ...headOf(dataset, options), ok: errors === 0, problems, statistics }));
  else {
    print(describe(dataset, options));
    for (const problem of problems) printProblem(problem);
    const verdict = errors > 0 ? 'Not ready for training' : 'Ready for training';
    print(
      `\n${verdict}: ${count(errors, 'kind of error', 'kinds of errors')}, ${count(warnings, 'kind of warning', 'kinds of warnings')}.`,
    );
  }
  return errors > 0 ? EXIT.failure : EXIT.success;
}

/** Figures of what can be read; what cannot is said as `verify` says it, and ends the command as there. */
async function stats(dataset: Dataset, options: DatasetCommandOptions): Promise<number> {
  notePassedOver(dataset, options);
  const { problems, statistics } = await withProgress(dataset, options, (scan) => verifyDataset(dataset, scan));
  const unread = problems.filter(({ stopsReading }) => stopsReading);
  if (options.json) {
    print(JSON.stringify({ ...headOf(dataset, options), ok: unread.length === 0, problems: unread, statistics }));
  } else {
    print(describe(dataset, options));
    for (const split of statistics) printStatistics(split, dataset.samples(split.split).length);
    for (const problem of unread) printProblem(problem);
  }
  return unread.length > 0 ? EXIT.failure : EXIT.success;
}

async function convert(dataset: Dataset, options: DatasetCommandOptions): Promise<number> {
  const { output } = options;
  if (output === undefined)
    throw new UsageError('dataset convert needs --output FOLDER, where the converted data set is written.');
  notePassedOver(dataset, options);
  const converted = await withProgress(dataset, options, (scan) => convertDataset(dataset, folderSink(output), scan));
  if (options.json) print(JSON.stringify({ ...headOf(dataset, options), output, converted }));
  else {
    const counts = Object.entries(converted).map(([split, samplesIn]) => `${split} ${samplesIn}`);
    print(
      `${output}/data.yaml: ${counts.join(', ')} images with masks, ${count(dataset.classes.length, 'class', 'classes')}`,
    );
  }
  return EXIT.success;
}

interface Scan {
  readonly decodeImage: typeof decodeDatasetImage;
  readonly splits: readonly string[];
  readonly onProgress: (done: number, total: number, sample: Sample) => void;
}

/** What `verify` lists by name. */
function notePassedOver(dataset: Dataset, options: DatasetCommandOptions): void {
  const faults = splitsOf(dataset, options).flatMap((split) => dataset.faults(split));
  const paths = faults.filter(({ kind }) => kind === 'unreadable-format').map(({ path }) => path);
  if (paths.length > 0) warn(`${describePassedOver(paths)}.`);
}

async function withProgress<T>(
  dataset: Dataset,
  options: DatasetCommandOptions,
  work: (scan: Scan) => Promise<T>,
): Promise<T> {
  const splits = splitsOf(dataset, options);
  const bar = progress(
    splits.reduce((sum, split) => sum + dataset.samples(split).length, 0),
    'images',
  );
  try {
    return await work({
      decodeImage: decodeDatasetImage,
      splits,
      onProgress: (_, __, { name }) => bar.step(basename(name)),
    });
  } finally {
    bar.stop();
  }
}

function splitsOf(dataset: Dataset, { split }: DatasetCommandOptions): readonly string[] {
  return split === undefined ? dataset.splits : [split];
}

function headOf(dataset: Dataset, options: DatasetCommandOptions) {
  const counts = splitsOf(dataset, options).map((split) => [split, dataset.samples(split).length]);
  return {
    dataset: dataset.name,
    format: dataset.format,
    classes: dataset.classes.map(({ name }) => name),
    samples: Object.fromEntries(counts) as Record<string, number>,
  };
}

function describe(dataset: Dataset, options: DatasetCommandOptions): string {
  const { samples, classes } = headOf(dataset, options);
  const counts = Object.entries(samples).map(([split, samplesIn]) => `${split} ${samplesIn}`);
  return `${dataset.name}: ${dataset.format}, ${counts.join(', ')} samples, ${count(classes.length, 'class', 'classes')} (${classes.slice(0, 12).join(', ')}${classes.length > 12 ? ', ...' : ''})`;
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
  const percent = (fraction: number) => `${(100 * fraction).toFixed(2)} %`;
  const read = samples === all ? count(all, 'sample') : `${samples} of ${count(all, 'sample')}`;
  print(`\n${pc.bold(split)}: ${read}, ${percent(ignoredFraction)} of all pixels ignored`);
  const shown = sizes.slice(0, 5).map(({ width, height, images }) => `${width}x${height} (${images})`);
  print(`Sizes: ${shown.join(', ')}${sizes.length > 5 ? `, ${sizes.length - 5} more` : ''}`);
  const triple = (values: readonly number[]) => values.map((value) => value.toFixed(3)).join(', ');
  print(`Mean: ${triple(mean)}; deviation: ${triple(std)} (red, green, blue, in 0 ... 1)`);
  const rows = classes.map(({ id, name, fraction, images, weight }) => [
    String(id),
    name,
    percent(fraction),
    String(images),
    weight.toFixed(2),
  ]);
  print(table([['id', 'class', 'pixels', 'images', 'weight'], ...rows], [0, 2, 3, 4]));
}

async function writeContactSheet(dataset: Dataset, file: string, options: DatasetCommandOptions): Promise<void> {
  const split = options.split ?? dataset.splits.find((name) => dataset.samples(name).length > 0);
  if (split === undefined) return note('No split has a sample, so there is nothing to draw on a contact sheet.');
  const sheet = await contactSheet(dataset, { split, count: options.images, decodeImage: decodeDatasetImage });
  await writeFileAtomically(file, await encodeImage(sheet, /\.jpe?g$/i.test(file) ? 'jpeg' : 'png'));
  note(`Contact sheet of ${split}: ${file}`);
}
