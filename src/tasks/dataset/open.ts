/** What all tasks over a data set begin with. */
import * as z from 'zod';
import type { Dataset } from '../../data/dataset.ts';
import type { DecodeImage } from '../../data/file-source.ts';
import { describePassedOver } from '../../data/passed-over.ts';
import type { Sample } from '../../data/sample.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import { DATASET_FIELDS, type DatasetFields, openDataset } from '../dataset-fields.ts';
import type { ProgressEvent, WarningEvent } from '../events.ts';
import type { WorkContext } from '../task.ts';

/** Progress counts `images`. */
export type DatasetEvent = WarningEvent | ProgressEvent;

export const SPLIT_FIELDS = {
  /** The data set's folder or the file that describes it. */
  dataset: z.string(),
  ...DATASET_FIELDS,
  /** Only this split. */
  split: z.string().optional(),
};

type Request = DatasetFields & { readonly dataset: string; readonly split?: string | undefined };

/** What a data set is, as the results begin. */
export interface DatasetHead {
  readonly dataset: string;
  readonly format: string;
  readonly classes: readonly string[];
  /** Samples by split, of the splits asked for. */
  readonly samples: Readonly<Record<string, number>>;
}

export interface OpenedDataset {
  readonly dataset: Dataset;
  /** Those asked for. */
  readonly splits: readonly string[];
  readonly head: DatasetHead;
}

/** @throws UsageError if there is no such split, before anything is read. */
export async function openAsked(request: Request, { files }: WorkContext<DatasetEvent>): Promise<OpenedDataset> {
  const dataset = await openDataset(request.dataset, request, files);
  const splits = request.split === undefined ? dataset.splits : [request.split];
  const head = {
    dataset: dataset.name,
    format: dataset.format,
    classes: dataset.classes.map(({ name }) => name),
    samples: Object.fromEntries(splits.map((split) => [split, dataset.samples(split).length])),
  };
  return { dataset, splits, head };
}

/** Warns of images that are in no format that is read. */
export function warnOfPassedOver({ dataset, splits }: OpenedDataset, { onEvent }: WorkContext<DatasetEvent>): void {
  const faults = splits.flatMap((split) => dataset.faults(split));
  const paths = faults.filter(({ kind }) => kind === 'unreadable-format').map(({ path }) => path);
  if (paths.length > 0) onEvent({ type: 'warning', message: `${describePassedOver(paths)}.` });
}

interface Scan {
  readonly decodeImage: DecodeImage;
  readonly splits: readonly string[];
  readonly onProgress: (done: number, total: number, sample: Sample) => void;
}

/** The options of a look at all samples asked for: it is told how far it has come, and ended by the signal. */
export function scanOf({ splits, head }: OpenedDataset, { files, onEvent, signal }: WorkContext<DatasetEvent>): Scan {
  const total = Object.values(head.samples).reduce((sum, count) => sum + count, 0);
  const tell = (done: number, of: number, name: string) =>
    onEvent({ type: 'progress', unit: 'images', done, total: of, name });
  tell(0, total, '');
  return {
    decodeImage: files.decodeImage,
    splits,
    onProgress(done, of, { name }) {
      tell(done, of, name);
      throwIfAborted(signal);
    },
  };
}
