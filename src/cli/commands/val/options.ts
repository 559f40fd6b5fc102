/** The options of `val`: how they are typed, and the request that they are. */
import type { Command } from 'commander';
import type * as z from 'zod';
import { ABSENT_RULE_NAMES, type AbsentRuleName } from '../../../evaluation/absent-classes.ts';
import { BOUNDARY_TOLERANCE } from '../../../evaluation/boundary.ts';
import { type EVALUATE_REQUEST, MASK_ENCODINGS, type MaskEncodingName } from '../../../tasks/evaluate/request.ts';
import { addDatasetOptions, type DatasetOptions, datasetFields } from '../../dataset-options.ts';
import { numberFor, oneOf } from '../../parse.ts';
import { addRunOptions, type RunOptions, runFields } from '../../run-options.ts';

/** What was typed. */
export interface ValOptions extends RunOptions, DatasetOptions {
  readonly split?: string;
  readonly output: string;
  readonly absent: AbsentRuleName;
  readonly boundaryTolerance: number;
  readonly encoding: MaskEncodingName;
  readonly fuse?: boolean;
  readonly save?: string;
  readonly saveProbabilities?: boolean;
  readonly worst: number;
  readonly json?: boolean;
}

/** Adds them to the command. */
export function addValOptions(command: Command): Command {
  command
    .option('--split <name>', 'the part of the data set to measure on (default: val)')
    .option('--output <folder>', 'where report.json and images go', 'runs/val');
  return addRunOptions(addDatasetOptions(command))
    .option(
      '--absent <rule>',
      `what classes without a true pixel do to means: ${ABSENT_RULE_NAMES.join(', ')}`,
      oneOf('--absent', ABSENT_RULE_NAMES),
      'standard',
    )
    .option(
      '--boundary-tolerance <share>',
      "how far contours may be off, as a share of the image's diagonal",
      numberFor('--boundary-tolerance', 'boundaryTolerance'),
      BOUNDARY_TOLERANCE,
    )
    .option(
      '--encoding <kind>',
      "saved masks hold class ids, or are written as the data set's own masks: ids, dataset",
      oneOf('--encoding', MASK_ENCODINGS),
      'ids',
    )
    .option('--fuse', 'score saved probabilities also where a single folder has masks or a model as well')
    .option('--save <folder>', 'keep the predictions: NAME.png, pixel = class id')
    .option('--save-probabilities', 'with --save, also NAME.probabilities.npy, float32 [classes, height, width]')
    .option('--worst <count>', 'images on the sheet of the worst', numberFor('--worst', 'worst'), 8)
    .option('--json', 'print the whole report as one JSON object');
}

/** What they ask for; the last input is the data set. */
export function evaluateRequest(inputs: readonly string[], options: ValOptions): z.input<typeof EVALUATE_REQUEST> {
  const { json: _, unlabelled: __, ...fields } = options;
  return {
    ...fields,
    ...runFields(options),
    ...datasetFields(options),
    predictions: inputs.slice(0, -1),
    dataset: inputs.at(-1) as string,
  };
}
