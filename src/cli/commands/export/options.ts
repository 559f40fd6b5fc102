/** The options of `export`: how they are typed, and the request that they are. */
import type { Command } from 'commander';
import type * as z from 'zod';
import type { Preprocessing } from '../../../image/preprocess.ts';
import type { EXPORT_REQUEST, ExportRequest } from '../../../tasks/export/request.ts';
import { EXPORT_FORMAT_NAMES, PRECISION_NAMES } from '../../../tasks/names.ts';
import { resizeOption } from '../../common-options.ts';
import { oneOf, numberFor } from '../../parse.ts';

/** What was typed. */
export interface ExportOptions
  extends Pick<ExportRequest, 'crf' | 'format' | 'precision' | 'calibrationImages' | 'split' | 'output'> {
  readonly meanWith?: readonly string[];
  readonly resize?: Pick<Preprocessing, 'resize'>;
  readonly calibration?: string;
  readonly dataset?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds them to the command. */
export function addExportOptions(command: Command): Command {
  return command
    .option(
      '--mean-with <model>',
      "export the mean of the model's weights and of this one's, which was trained from a common beginning, with the first one's preprocessing; may be given several times",
      (model: string, models: readonly string[] = []) => [...models, model],
    )
    .addOption(resizeOption('the exported model sees images', "the model's own"))
    .option(
      '--crf <weight>',
      "how much neighbors of one color in the image have a say in each other's class, such as 2: a conditional random field behind the network, which draws edges where the image has them; 0 for none; rings, colors and rounds of one that is there stay (default: the model's own)",
      numberFor('--crf', 'crf'),
    )
    .option(
      '--format <name>',
      `${EXPORT_FORMAT_NAMES.join(', ')}: folder is a model folder, as refinenet reads it`,
      oneOf('--format', EXPORT_FORMAT_NAMES),
      'onnx',
    )
    .option(
      '--precision <name>',
      `${PRECISION_NAMES.join(', ')}: float16 is half as large, int8 a quarter and faster on CPUs (a folder holds half, with the ranges that int8 is made by)`,
      oneOf('--precision', PRECISION_NAMES),
      'float32',
    )
    .option(
      '--calibration <path>',
      "for int8: a folder of images like those to be segmented, or a data set (default: --dataset's)",
    )
    .option(
      '--calibration-images <count>',
      'how many of them',
      numberFor('--calibration-images', 'calibrationImages'),
      32,
    )
    .option('--dataset <path>', 'labeled images to measure the mIoU on, in float32 and in the precision')
    .option('--split <name>', 'the part of the data set to measure on', 'val')
    .option('--output <path>', 'file or folder to write', 'runs/export')
    .option('--force', 'replace the file, or the folder of a model, that is there')
    .option('--json', 'print JSON');
}

/** What they ask for. */
export function exportRequest(model: string, options: ExportOptions): z.input<typeof EXPORT_REQUEST> {
  const { json: _, meanWith = [], resize, ...fields } = options;
  return { ...fields, ...resize, model, meanWith: [...meanWith] };
}
