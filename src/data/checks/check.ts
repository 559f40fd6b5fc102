/** What a check of a data set is, and what it finds. */
import type { Dataset } from '../dataset.ts';
import type { LayoutFault } from '../pairing.ts';
import type { ScannedImage, ScannedMask, ScannedSample } from '../scan.ts';
import type { SplitStatistics } from '../stats.ts';

/** Errors make training fail or mislead; warnings may be meant; information is good to know. */
export type Severity = 'error' | 'warning' | 'info';

/** One of the files, classes or splits that a problem is about. */
export interface ProblemItem {
  /** A file's path relative to the root, or a class or split. */
  readonly subject: string;
  readonly detail?: string;
}

/** What one check found in a data set. */
export interface Problem {
  readonly severity: Severity;
  /** A short name that stays the same between versions. */
  readonly code: string;
  /** What is wrong, with how often. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** Everything it concerns. */
  readonly items: readonly ProblemItem[];
  /** Whether training refuses to begin with it. */
  readonly stopsTraining: boolean;
  /** Whether it is of files that cannot be read, which figures therefore lack. */
  readonly stopsReading: boolean;
}

/** What checks look at: a data set, every file of which was read. */
export interface CheckedDataset {
  readonly dataset: Dataset;
  readonly splits: readonly string[];
  readonly faults: readonly (LayoutFault & { readonly split: string })[];
  readonly scanned: readonly ScannedSample[];
  readonly statistics: readonly SplitStatistics[];
  /** Image files with the same bytes, as lists of at least two. */
  readonly copies: readonly (readonly ScannedSample[])[];
}

export interface Check {
  readonly code: string;
  readonly severity: Severity;
  /** Set where training cannot begin, or could not mean anything; an error without it is warned of. */
  readonly stopsTraining?: true;
  /** Set where a file gives no pixels or ids. */
  readonly stopsReading?: true;
  /** Completes the message; `count` is that of the items. */
  readonly message: (count: number, checked: CheckedDataset) => string;
  readonly advice: string | ((checked: CheckedDataset) => string);
  readonly find: (checked: CheckedDataset) => readonly ProblemItem[];
}

/** Samples whose image can be read. */
export function readableImages({ scanned }: CheckedDataset): { record: ScannedSample; image: ScannedImage }[] {
  return scanned.flatMap((record) => ('value' in record.image ? [{ record, image: record.image.value }] : []));
}

/** Samples whose mask can be read. */
export function readableMasks({ scanned }: CheckedDataset): { record: ScannedSample; mask: ScannedMask }[] {
  return scanned.flatMap((record) => ('value' in record.mask ? [{ record, mask: record.mask.value }] : []));
}

/** Whether every pixel of a mask is ignored. */
export function isUnlabeled({ counts, unknown }: ScannedMask): boolean {
  return counts.every((pixels) => pixels === 0) && unknown.size === 0;
}

/** How many images there are, with those that have no mask. */
export function imagesIn({ scanned, faults }: CheckedDataset): number {
  return scanned.length + faults.filter(({ kind }) => kind === 'missing-mask').length;
}

/** How many masks there are, with those that have no image. */
export function masksIn({ scanned, faults }: CheckedDataset): number {
  return scanned.length + faults.filter(({ kind }) => kind === 'missing-image').length;
}

/** `1 of 6 images has`, `2 of 6 images have`; `1 image has` where there is no other. */
export function part(found: number, total: number, noun: string, singular: string, plural: string): string {
  const verb = found === 1 ? singular : plural;
  return total === 1 ? `${found} ${noun} ${verb}` : `${found} of ${total} ${noun}s ${verb}`;
}
