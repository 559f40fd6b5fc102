/** `dataset-convert`: a data set of any known layout in one that the library writes. */
import * as z from 'zod';
import { convertDataset } from '../../data/conversion/convert.ts';
import type { Dataset } from '../../data/dataset.ts';
import { folded } from '../../data/file-source.ts';
import { UsageError } from '../../errors.ts';
import { CONVERSION_TARGETS } from '../names.ts';
import { defineTask, type WorkContext } from '../task.ts';
import type { TaskFiles } from '../task-files.ts';
import { type DatasetEvent, type DatasetHead, openAsked, scanOf, SPLIT_FIELDS, warnOfPassedOver } from './open.ts';

export const CONVERT_REQUEST = z.strictObject({
  ...SPLIT_FIELDS,
  /** The folder to write to. */
  output: z.string().optional(),
  /** The layout to write. */
  to: z.enum(CONVERSION_TARGETS).default('masks'),
});

export interface ConvertResult extends DatasetHead {
  readonly output: string;
  /** The file in it that describes the data set. */
  readonly entry: string;
  /** Samples written, by split. */
  readonly converted: Readonly<Record<string, number>>;
}

export const convertTask = defineTask({ name: 'dataset-convert', request: CONVERT_REQUEST, work: convert });

/** @throws UsageError if no output is given, or it is no new or empty folder outside of the data set. */
async function convert(
  request: z.output<typeof CONVERT_REQUEST>,
  context: WorkContext<DatasetEvent>,
): Promise<ConvertResult> {
  const opened = await openAsked(request, context);
  const { output, to } = request;
  if (output === undefined)
    throw new UsageError('dataset convert needs --output FOLDER, where the converted data set is written.');
  const { files } = context;
  await assertNewPlace(output, request.dataset, opened.dataset, files);
  warnOfPassedOver(opened, context);
  const sink = {
    name: output,
    write: (path: string, bytes: Uint8Array) => files.write(files.join(output, path), bytes),
  };
  const { splits, ...scan } = scanOf(opened, context);
  const asked = request.split === undefined ? {} : { splits };
  const { samples, entry, losses } = await convertDataset(opened.dataset, sink, { ...scan, ...asked, to });
  for (const message of losses) context.onEvent({ type: 'warning', message });
  return { ...opened.head, output, entry: files.join(output, entry), converted: samples };
}

/** Formats of which a file may be named that lists the images: what else is in its folder is none of the data set. */
const LISTED: ReadonlySet<string> = new Set(['pair-lists', 'coco', 'cvat', 'label-studio', 'via', 'labelme']);

/** @throws UsageError if something would be replaced, or the data set would have what it is converted to in it. */
async function assertNewPlace(
  output: string,
  asked: string,
  { source, format }: Dataset,
  files: TaskFiles,
): Promise<void> {
  const paths = await Promise.all([output, source.name].map((path) => files.realPath(path)));
  const [place, root] = paths.map((path) => folded(path).replace(/\/$/, '')) as [string, string];
  const isListed = LISTED.has(format) && (await files.kindOf(asked)) === 'file';
  if (place === root || (!isListed && place.startsWith(`${root}/`))) {
    throw new UsageError(`${output} is in the data set that is converted. Name another folder with --output.`);
  }
  const kind = await files.kindOf(output);
  const refuse = (taken: string) => {
    throw new UsageError(`--output takes a new or empty folder; ${output} ${taken}.`);
  };
  if (kind === 'file') refuse('is a file. Name another');
  if (kind === 'folder' && (await files.list(output)).length > 0)
    refuse('has files. Name another, or delete it if it is of a conversion that did not end');
}
