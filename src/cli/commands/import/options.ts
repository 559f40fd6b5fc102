/** The options of `import`: how they are typed, and the request that they are. */
import { type Command, Option } from 'commander';
import type * as z from 'zod';
import type { Preprocessing } from '../../../image/preprocess.ts';
import type { EncoderStride } from '../../../models/encoders/encoder.ts';
import type { IMPORT_REQUEST, ImportRequest } from '../../../tasks/import/request.ts';
import { POOLING_ORDERS, REINITIALIZED_PARTS, SKIPS, STRIDE_PLACEMENTS } from '../../../tasks/names.ts';
import { resizeOption } from '../../common-options.ts';
import { encoderStride, oneOf, numberFor } from '../../parse.ts';

/** What was typed. */
export interface ImportOptions extends Pick<ImportRequest, 'output' | 'reinitialize' | 'seed'> {
  /** The former spelling, which scripts may have. */
  readonly reinitialise?: ImportRequest['reinitialize'];
  readonly architecture?: string;
  readonly classes?: number | string;
  readonly resize: Pick<Preprocessing, 'resize'>;
  readonly poolingOrder?: (typeof POOLING_ORDERS)[number];
  readonly stride?: (typeof STRIDE_PLACEMENTS)[number];
  readonly encoderStride?: EncoderStride;
  readonly skip?: (typeof SKIPS)[number];
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds them to the command. */
export function addImportOptions(command: Command): Command {
  return command
    .requiredOption('--output <folder>', 'the model folder to write')
    .option('--architecture <name>', 'overrules what is recognized from names and shapes')
    .option(
      '--classes <classes>',
      'number of classes, a file with their names, or a known set (voc, cityscapes, camvid, ...)',
      classes,
    )
    .addOption(resizeOption().default({ resize: null }, 'none'))
    .option(
      '--pooling-order <order>',
      'of chained residual pooling: pool-conv (default) or conv-pool',
      oneOf('--pooling-order', POOLING_ORDERS),
    )
    .option(
      '--stride <kernel>',
      "where a bottleneck's stride sits: 3x3 (torchvision) or 1x1 (Caffe)",
      oneOf('--stride', STRIDE_PLACEMENTS),
    )
    .option(
      '--encoder-stride <pixels>',
      'input pixels between neighbors of the coarsest feature: 16 or 8 where the last stages are dilated (default: 32)',
      encoderStride,
    )
    .option('--skip <kind>', 'what residual conv units add: input (default) or rectified', oneOf('--skip', SKIPS))
    .option(
      '--reinitialize <part>',
      'draw fresh weights for: none, classifier or decoder',
      oneOf('--reinitialize', REINITIALIZED_PARTS),
      'none',
    )
    .addOption(new Option('--reinitialise <part>').argParser(oneOf('--reinitialise', REINITIALIZED_PARTS)).hideHelp())
    .option('--seed <number>', 'for fresh weights', numberFor('--seed', 'seed'), 0)
    .option('--force', 'replace the model that is in the output folder')
    .option('--json', 'print JSON');
}

/** What they ask for. */
export function importRequest(file: string, options: ImportOptions): z.input<typeof IMPORT_REQUEST> {
  const { json: _, resize, reinitialise, ...fields } = options;
  return { ...fields, ...resize, ...(reinitialise && { reinitialize: reinitialise }), file };
}

/** A number of classes, or where their names are. */
function classes(text: string): number | string {
  return /^\d+$/.test(text) ? numberFor('--classes', 'classes')(text) : text;
}
