/** `refinenet import`: a checkpoint of any known publisher to a model folder. */
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import pc from 'picocolors';
import { messageOf, UsageError } from '../../../errors.ts';
import { IMAGENET_PREPROCESSING, type Preprocessing } from '../../../image/preprocess.ts';
import { type ImportedModel, importModel } from '../../../models/import-model.ts';
import { numberedClasses } from '../../../labels/classes-named.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { preprocessorText } from '../../../models/preprocessor-text.ts';
import { summarize } from '../../../models/summary.ts';
import { assertWritable, writeModelFolder } from '../../../platform/node/model-folder.ts';
import { readWeights } from '../../../weights/read-weights.ts';
import { note, print, warn } from '../../output.ts';
import { nodeTaskFiles } from '../../../platform/node/task-files.ts';
import { readClasses } from '../../../tasks/classes.ts';
import { oneOf, resizeRule, wholeNumber } from '../../parse.ts';
import type { RegisterCommand } from '../register-command.ts';

interface ImportOptions {
  readonly output: string;
  readonly architecture?: string;
  readonly classes?: string;
  readonly resize: Pick<Preprocessing, 'resize'>;
  readonly poolingOrder?: 'pool-conv' | 'conv-pool';
  readonly stride?: '3x3' | '1x1';
  readonly skip?: 'input' | 'rectified';
  readonly reinitialise: 'none' | 'classifier' | 'decoder';
  readonly seed: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const registerImport: RegisterCommand = (program) => {
  program
    .command('import')
    .description('turn a checkpoint (.pth, .pth.tar, .safetensors, .onnx) into a model folder')
    .argument('<file>', 'the checkpoint')
    .requiredOption('--output <folder>', 'the model folder to write')
    .option('--architecture <name>', 'overrules what is recognised from names and shapes')
    .option(
      '--classes <classes>',
      'number of classes, a file with their names, or a known set (voc, cityscapes, camvid, ...)',
    )
    .option(
      '--resize <rule>',
      'size at which images enter the network: none, SHORTER_SIDE or WIDTHxHEIGHT',
      resizeRule,
      { resize: null },
    )
    .option(
      '--pooling-order <order>',
      'of chained residual pooling: pool-conv (default) or conv-pool',
      oneOf('--pooling-order', ['pool-conv', 'conv-pool']),
    )
    .option(
      '--stride <kernel>',
      "where a bottleneck's stride sits: 3x3 (torchvision) or 1x1 (Caffe)",
      oneOf('--stride', ['3x3', '1x1']),
    )
    .option(
      '--skip <kind>',
      'what residual conv units add: input (default) or rectified',
      oneOf('--skip', ['input', 'rectified']),
    )
    .option(
      '--reinitialise <part>',
      'draw fresh weights for: none, classifier or decoder',
      oneOf('--reinitialise', ['none', 'classifier', 'decoder']),
      'none',
    )
    .option('--seed <number>', 'for fresh weights', wholeNumber('--seed', 0), 0)
    .option('--force', 'replace the output folder')
    .option('--json', 'print JSON')
    .action(importCheckpoint);
};

async function importCheckpoint(file: string, options: ImportOptions): Promise<void> {
  await assertWritable(resolve(options.output), options.output, options.force ?? false);
  const given = await givenClasses(options.classes);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read (${messageOf(error)}). Give the path of a checkpoint.`, {
      cause: error,
    });
  });
  const imported = importModel(readWeights(bytes, file), {
    subject: basename(file),
    ...(options.architecture && { architecture: options.architecture }),
    ...(given && { classes: given.length }),
    unseen: {
      ...(options.poolingOrder && { poolingOrder: options.poolingOrder }),
      ...(options.stride && { stridePlacement: options.stride }),
      ...(options.skip && { skip: options.skip }),
    },
    reinitialise: options.reinitialise,
    seed: options.seed,
  });
  const { definition, weights } = imported;
  const classes = given ?? numberedClasses(definition.classes);
  const preprocessing: Preprocessing = { ...IMAGENET_PREPROCESSING, ...options.resize };
  await writeModelFolder(
    options.output,
    { definition, classes, preprocessing, weights },
    {
      title: basename(resolve(options.output)),
      architecture: imported.architecture,
      origin: `Imported from \`${basename(file)}\` (names of ${imported.naming}).`,
      overwrite: options.force ?? false,
    },
  );
  report(imported, classes, preprocessing, options);
}

/** The classes asked for; a bare number gives them numbers for names. */
async function givenClasses(text: string | undefined): Promise<readonly LabelClass[] | null> {
  if (text === undefined) return null;
  return /^\d+$/.test(text) ? numberedClasses(wholeNumber('--classes', 1)(text)) : readClasses(text, nodeTaskFiles);
}

function report(
  { definition, architecture, naming, ignored, fresh }: ImportedModel,
  classes: readonly LabelClass[],
  preprocessing: Preprocessing,
  options: ImportOptions,
): void {
  if (fresh.length > 0) {
    warn(
      `${fresh.length} tensors were drawn afresh and know nothing yet: ${fresh.slice(0, 4).join(', ')}${fresh.length > 4 ? ', ...' : ''}. Train the model before using it.`,
    );
  }
  const { parameters } = summarize(definition, { width: 512, height: 512 });
  if (options.json) {
    print(
      JSON.stringify({
        output: options.output,
        architecture,
        naming,
        classes: classes.map(({ name }) => name),
        parameters,
        ignored,
        fresh,
        definition,
      }),
    );
    return;
  }
  print(
    `${architecture}, ${definition.classes} classes, ${(parameters / 1e6).toFixed(2)} M parameters, in ${options.output}`,
  );
  print(`Names of ${naming}${ignored.length > 0 ? `; left out: ${ignored.join(', ')}` : ''}`);
  print(`Classes: ${classes.map(({ name }) => name).join(', ')}`);
  print(`Input: ${preprocessorText(preprocessing)}`);
  if (options.classes === undefined)
    note(pc.dim('The classes have numbers for names; --classes FILE gives them theirs.'));
  note(pc.dim(`Next: npx refinenet predict PHOTO.jpg --model ${options.output}`));
}
