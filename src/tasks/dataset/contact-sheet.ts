/** `dataset-contact-sheet`: images with their masks on one image, to look at. */
import * as z from 'zod';
import { contactSheet } from '../../data/contact-sheet.ts';
import { numberField } from '../number-field.ts';
import { defineTask, type WorkContext } from '../task.ts';
import { type DatasetEvent, openAsked, SPLIT_FIELDS } from './open.ts';

export const CONTACT_SHEET_REQUEST = z.strictObject({
  ...SPLIT_FIELDS,
  /** The PNG or JPEG to write. */
  output: z.string(),
  /** Images on it. */
  images: numberField('images').default(16),
});

export interface ContactSheetResult {
  readonly output: string;
  /** The split that is shown: the one asked for, or the first with samples. null if none has any; nothing is written then. */
  readonly split: string | null;
}

export const contactSheetTask = defineTask({
  name: 'dataset-contact-sheet',
  request: CONTACT_SHEET_REQUEST,
  work: drawContactSheet,
});

async function drawContactSheet(
  request: z.output<typeof CONTACT_SHEET_REQUEST>,
  context: WorkContext<DatasetEvent>,
): Promise<ContactSheetResult> {
  const { output, images } = request;
  const { files } = context;
  const { dataset, splits } = await openAsked(request, context);
  const split = request.split ?? splits.find((name) => dataset.samples(name).length > 0);
  if (split === undefined) return { output, split: null };
  const sheet = await contactSheet(dataset, { split, count: images, decodeImage: files.decodeImage });
  await files.writeImage(output, sheet, /\.jpe?g$/i.test(output) ? 'jpeg' : 'png');
  return { output, split };
}
