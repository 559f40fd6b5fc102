/** The options of `dataset`: how they are typed, and the requests that they are. */
import type { Command } from 'commander';
import type * as z from 'zod';
import type { CONTACT_SHEET_REQUEST } from '../../../tasks/dataset/contact-sheet.ts';
import type { SPLIT_REQUEST } from '../../../tasks/dataset/verify.ts';
import { addDatasetOptions, type DatasetOptions, datasetFields } from '../../dataset-options.ts';
import { CONVERSION_TARGETS } from '../../../tasks/names.ts';
import { numberFor, oneOf } from '../../parse.ts';

/** What was typed. */
export interface DatasetCommandOptions extends DatasetOptions {
  readonly split?: string;
  readonly contactSheet?: string;
  readonly images: number;
  readonly output?: string;
  readonly to?: (typeof CONVERSION_TARGETS)[number];
  readonly json?: boolean;
}

/** Adds them to the command. */
export function addDatasetCommandOptions(command: Command): Command {
  return addDatasetOptions(command)
    .option('--split <name>', 'only this split, such as train or val')
    .option('--contact-sheet <file>', 'draw images with their masks into a PNG or JPEG, to look at')
    .option('--images <count>', 'images on the contact sheet', numberFor('--images', 'images'), 16)
    .option('--output <folder>', 'where convert writes to')
    .option(
      '--to <layout>',
      `what convert writes: ${CONVERSION_TARGETS.join(', ')} (default: ${CONVERSION_TARGETS[0]})`,
      oneOf('--to', CONVERSION_TARGETS),
    )
    .option('--json', 'print JSON');
}

/** What they ask of a look through the data set. */
export function splitRequest(dataset: string, options: DatasetCommandOptions): z.input<typeof SPLIT_REQUEST> {
  return { dataset, ...datasetFields(options), split: options.split };
}

/** What they ask to be drawn, if anything. */
export function contactSheetRequest(
  dataset: string,
  options: DatasetCommandOptions,
): z.input<typeof CONTACT_SHEET_REQUEST> | undefined {
  const { contactSheet: output, images } = options;
  return output === undefined ? undefined : { ...splitRequest(dataset, options), output, images };
}
