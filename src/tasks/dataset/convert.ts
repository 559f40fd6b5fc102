/** `dataset-convert`: a data set of any known layout in one that the library writes. */
import * as z from 'zod';
import { convertDataset } from '../../data/conversion/convert.ts';
import { UsageError } from '../../errors.ts';
import { CONVERSION_TARGETS } from '../names.ts';
import { defineTask, type WorkContext } from '../task.ts';
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

/** @throws UsageError if no output is given. */
async function convert(
  request: z.output<typeof CONVERT_REQUEST>,
  context: WorkContext<DatasetEvent>,
): Promise<ConvertResult> {
  const opened = await openAsked(request, context);
  const { output, to } = request;
  if (output === undefined)
    throw new UsageError('dataset convert needs --output FOLDER, where the converted data set is written.');
  warnOfPassedOver(opened, context);
  const { files } = context;
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
