/** Everything that is wrong with a data set, at once. */
import type { Check, CheckedDataset, Problem, Severity } from './checks/check.ts';
import { FILE_CHECKS } from './checks/files.ts';
import { LAYOUT_CHECKS } from './checks/layout.ts';
import { PALETTE_CHECKS } from './checks/palettes.ts';
import { SHAPE_CHECKS } from './checks/shapes.ts';
import { WHOLE_CHECKS } from './checks/whole.ts';
import { findCopies } from './copies.ts';
import type { Dataset } from './dataset.ts';
import { type ScannedSample, type ScanOptions, scanDataset } from './scan.ts';
import { datasetStatistics, type SplitStatistics } from './stats.ts';

/** What reading every file of a data set has shown. */
export interface Verification {
  /** Errors first, then warnings, then information. */
  readonly problems: readonly Problem[];
  /** The figures that fall off on the way. */
  readonly statistics: readonly SplitStatistics[];
  /** The ids of the classes that each sample has, in the order of its split; none where its mask cannot be read. */
  readonly classes: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/** Every check. Adding one is an entry in one of the lists. */
export const DATASET_CHECKS: readonly Check[] = [
  ...LAYOUT_CHECKS,
  ...FILE_CHECKS,
  ...PALETTE_CHECKS,
  ...SHAPE_CHECKS,
  ...WHOLE_CHECKS,
];

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** Reads every file of the data set, or of the splits asked for, and applies every check. Throws for none of them. */
export async function verifyDataset(dataset: Dataset, options: ScanOptions): Promise<Verification> {
  const splits = options.splits ?? dataset.splits;
  const scanned = await scanDataset(dataset, options);
  const checked: CheckedDataset = {
    dataset,
    splits,
    faults: splits.flatMap((split) => dataset.faults(split).map((fault) => ({ ...fault, split }))),
    scanned,
    statistics: datasetStatistics(dataset, scanned),
    copies: await findCopies(dataset, scanned),
  };
  const problems = DATASET_CHECKS.flatMap((check) => problemOf(check, checked));
  return {
    problems: problems.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)),
    statistics: checked.statistics,
    classes: Object.fromEntries(splits.map((split) => [split, classesBySample(scanned, split)])),
  };
}

const classesBySample = (scanned: readonly ScannedSample[], split: string): number[][] =>
  scanned
    .filter((record) => record.split === split)
    .map(({ mask }) =>
      'value' in mask ? [...mask.value.counts.keys()].filter((id) => mask.value.counts[id] !== 0) : [],
    );

function problemOf(
  { code, severity, stopsTraining, stopsReading, message, advice, find }: Check,
  checked: CheckedDataset,
): Problem[] {
  const items = find(checked);
  if (items.length === 0) return [];
  return [
    {
      severity,
      code,
      message: message(items.length, checked),
      advice: typeof advice === 'string' ? advice : advice(checked),
      items,
      stopsTraining: stopsTraining === true,
      stopsReading: stopsReading === true,
    },
  ];
}
