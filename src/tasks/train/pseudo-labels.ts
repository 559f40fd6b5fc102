/** Images without masks of their own, to be trained on with masks that `predict` wrote (self-training). */
import { mapAhead } from '../../data/concurrency.ts';
import { dataSplits } from '../../data/data-splits.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Sample } from '../../data/sample.ts';
import { messageOf, UsageError } from '../../errors.ts';
import type { TaskFiles } from '../task-files.ts';
import { HOW, type Report, readReport } from './read-report.ts';

export interface PseudoLabels {
  /** The output folder of `predict`. */
  readonly folder: string;
  /** The least confidence that is learned from, from 0 to 1. */
  readonly confidence: number;
}

/** What precedes the names of these samples: they are chosen by it, and never called as one of the data set. */
const PREFIX = 'pseudo/';

/** Files that are open at once: a process may have some hundred. */
const AT_ONCE = 32;

/** Files or classes that are named of each kind of problem. */
const NAMED = 5;

/**
 * The data set with the predicted images of a folder beside its own images to train on. An image that has a mask in
 * the data set already, or is one of another split, is left out.
 * @throws UsageError with all that is missing or does not fit, RefineNetError if a report cannot be read.
 */
export async function withPseudoLabels(
  dataset: Dataset,
  { folder, confidence }: PseudoLabels,
  files: TaskFiles,
): Promise<Dataset> {
  const found = new Set(
    await files.list(folder).catch((error: unknown) => {
      throw new UsageError(`--pseudo-labels: ${folder} cannot be read (${messageOf(error)}). ${HOW}`);
    }),
  );
  const names = [...found]
    .filter((name) => name.endsWith('.json') && found.has(name.replace(/\.json$/, '.png')))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  if (names.length === 0) {
    throw new UsageError(
      `--pseudo-labels: there are no predictions in ${folder} (looked for X.json with X.png). ${HOW}`,
    );
  }
  const reports = await each(names, (name) => readReport(folder, name, files));
  const pathOf = (name: string) => files.absolute(files.join(folder, name));
  const { train } = dataSplits(dataset);
  const own = new Set(
    dataset.splits.flatMap((split) =>
      dataset.samples(split).map(({ image }) => files.absolute(files.join(dataset.source.name, image))),
    ),
  );
  const used = reports.filter(({ image }) => !own.has(image));
  const problems = [
    ...listed(
      used.filter(({ isThere }) => !isThere).map(({ image }) => image),
      'images are not where predict found them',
      'Put them back, or predict anew',
    ),
    ...listed(
      used.flatMap(({ image, other }) => (other === undefined ? [] : [`${image} or ${other}`])),
      'images may be either of two different ones',
      'Take the wrong ones away, or predict anew',
    ),
    ...listed(
      confidence === 0 ? [] : used.map(({ name }) => `${name}.confidence.png`).filter((name) => !found.has(name)),
      `files of the confidence are missing in ${folder}`,
      'Predict anew with --format confidence, or learn from every pixel with --confidence 0',
    ),
    ...listed(
      differentClasses(used, dataset),
      `classes in ${folder} are not those of ${dataset.name}`,
      'Predict with a model of the same classes in the same order',
    ),
    ...(used.length === 0 ? [`All ${reports.length} images in ${folder} are in ${dataset.name}. Predict others`] : []),
  ];
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `--pseudo-labels: ${problem}.`).join('\n'));
  const samples = used.map(
    ({ name, image }): Sample => ({
      name: `${PREFIX}${name}`,
      image,
      mask: pathOf(`${name}.png`),
      predicted: { confidence: pathOf(`${name}.confidence.png`), least: confidence },
    }),
  );
  const ownFaults = new Set(used.map(({ image }) => image));
  return {
    ...dataset,
    notes: [...dataset.notes, ...noteOf(reports.length - used.length, folder, dataset)],
    samples: (split) => (split === train ? [...dataset.samples(split), ...samples] : dataset.samples(split)),
    faults: (split) =>
      dataset
        .faults(split)
        .filter(
          ({ kind, path }) =>
            kind !== 'missing-mask' || !ownFaults.has(files.absolute(files.join(dataset.source.name, path))),
        ),
  };
}

async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for await (const result of mapAhead(items, AT_ONCE, work)) results.push(result);
  return results;
}

/** Classes of predictions that the data set calls otherwise, or has not. */
function differentClasses(reports: readonly Report[], { classes }: Dataset): string[] {
  const different = new Map<number, string>();
  for (const { id, label } of reports.flatMap((report) => report.classes)) {
    const own = classes[id]?.name;
    if (own !== label) different.set(id, `${id} is ${label}${own === undefined ? '' : `, not ${own}`}`);
  }
  return [...different].sort(([a], [b]) => a - b).map(([, words]) => words);
}

function listed(items: readonly string[], what: string, advice: string): string[] {
  if (items.length === 0) return [];
  const more = items.length > NAMED ? `; and ${items.length - NAMED} more` : '';
  return [`${items.length} ${what}: ${items.slice(0, NAMED).join('; ')}${more}. ${advice}`];
}

function noteOf(leftOut: number, folder: string, { name }: Dataset): string[] {
  if (leftOut === 0) return [];
  return [`${leftOut} of the images in ${folder} are images of ${name}: they keep the masks they have there.`];
}
