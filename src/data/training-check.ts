/** What `dataset verify` finds, said to somebody who is about to train: everything is read once before the first step. */
import { FormatError } from '../errors.ts';
import { firstOf } from '../text.ts';
import type { Problem, ProblemItem } from './checks/check.ts';
import { dataSplits } from './data-splits.ts';
import type { Dataset } from './dataset.ts';
import type { ScanOptions } from './scan.ts';
import { inSplitOrder } from './split-names.ts';
import type { SplitStatistics } from './stats.ts';
import { verifyDataset } from './verify.ts';

export interface TrainingCheck {
  /** Files that are left out and whatever else misleads, a line a kind; the last says where to read more. */
  readonly warnings: readonly string[];
  /** The figures of the splits that training uses. */
  readonly statistics: readonly SplitStatistics[];
  /** The ids of the classes that each sample to train on has, in their order. */
  readonly classes: readonly (readonly number[])[];
}

/** Said by the plan of a run, from the same figures and in its own words. */
const SAID_BY_PLAN: readonly string[] = ['no-train', 'no-validation', 'absent-class', 'rare-class'];

/** Files that are named of each kind: two show what is meant, ten are enough to mend by. */
const NAMED_IN_WARNING = 2;
const NAMED_IN_ERROR = 10;

/**
 * Reads and decodes every image and mask that training and validation will use.
 * @throws UsageError if there is nothing to train on, FormatError with everything that training would break or be pointless on.
 */
export async function checkForTraining(dataset: Dataset, options: Omit<ScanOptions, 'splits'>): Promise<TrainingCheck> {
  const { train, validation } = dataSplits(dataset);
  // An empty train or val is worth a word, though others take their place.
  const usual = ['train', 'val'].filter((split) => dataset.splits.includes(split));
  const splits = inSplitOrder([...usual, train, ...(validation === undefined ? [] : [validation])]);
  const { problems, statistics, classes } = await verifyDataset(dataset, { ...options, splits });
  const stopping = problems.filter(({ stopsTraining }) => stopsTraining);
  // What no path leads to, no command looks through.
  const { path, name } = dataset;
  const command = path === '' ? undefined : `"refinenet dataset verify ${path}"`;
  if (stopping.length > 0) {
    const more = command === undefined ? [] : [`${command} looks through all of it.`];
    throw new FormatError(
      [`${path || name} cannot be trained on as it is.`, ...stopping.map(paragraph), ...more].join('\n'),
    );
  }
  const told = problems.filter(({ severity, code }) => severity !== 'info' && !SAID_BY_PLAN.includes(code));
  return {
    warnings: [
      ...told.map(line),
      ...(told.length > 0 && command !== undefined ? [`${command} names all of them, and says what to do.`] : []),
    ],
    statistics,
    classes: classes[train] as readonly (readonly number[])[],
  };
}

function paragraph({ message, advice, items }: Problem): string {
  const more = items.length > NAMED_IN_ERROR ? [`  and ${items.length - NAMED_IN_ERROR} more`] : [];
  const lines = items.slice(0, NAMED_IN_ERROR).map((item) => `  ${inWords(item)}`);
  return [`${capitalized(message)}. ${advice}`, ...lines, ...more].join('\n');
}

function line({ message, items }: Problem): string {
  return `${capitalized(message)}: ${firstOf(items.map(inWords), NAMED_IN_WARNING, '; ')}.`;
}

const inWords = ({ subject, detail }: ProblemItem): string =>
  detail === undefined ? subject : `${subject}: ${detail}`;

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
