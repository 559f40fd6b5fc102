/** `refinenet val`: how good a model, or saved predictions, are on labelled images. */
import { basename, join } from 'node:path';
import pc from 'picocolors';
import { count } from '../../../data/checks/check.ts';
import type { Dataset } from '../../../data/dataset.ts';
import { UsageError } from '../../../errors.ts';
import { ABSENT_RULE_NAMES, type AbsentRuleName } from '../../../evaluation/absent-classes.ts';
import { BOUNDARY_TOLERANCE } from '../../../evaluation/boundary.ts';
import { confusionPicture } from '../../../evaluation/confusion-picture.ts';
import { type Evaluation, evaluate } from '../../../evaluation/evaluate.ts';
import { evaluationReport } from '../../../evaluation/report.ts';
import { WorstImages } from '../../../evaluation/worst-images.ts';
import { decodeDatasetImage } from '../../../platform/node/dataset-files.ts';
import { encodeImage } from '../../../platform/node/encode-image.ts';
import { writeFileAtomically } from '../../../platform/node/files.ts';
import { addDatasetOptions, type DatasetOptions, openDataset } from '../../dataset-options.ts';
import { EXIT } from '../../exit.ts';
import { fail, note, print, progress, warn } from '../../output.ts';
import { numberBetween, oneOf, wholeNumber } from '../../parse.ts';
import { addRunOptions } from '../../run-options.ts';
import { modelFolder } from '../../../platform/node/model-location.ts';
import { openPredictions, type PredictionOptions } from './predictions.ts';
import { MASK_ENCODINGS } from './source.ts';
import { describeEvaluation } from './table.ts';
import type { RegisterCommand } from '../register-command.ts';

interface ValOptions extends PredictionOptions, DatasetOptions {
  readonly split?: string;
  readonly output: string;
  readonly absent: AbsentRuleName;
  readonly boundaryTolerance: number;
  readonly worst: number;
  readonly json?: boolean;
}

export const registerVal: RegisterCommand = (program, exit) => {
  const command = program
    .command('val')
    .description('measure a model on labelled images, or score saved predictions: mIoU, accuracies, classes, pictures')
    .argument(
      '<inputs...>',
      'MODEL DATASET (or DATASET alone, with the shipped model), or in place of the model a folder of saved masks, or one or more folders of saved probabilities, which are averaged',
    )
    .option('--split <name>', 'the part of the data set to measure on (default: val)')
    .option('--output <folder>', 'where report.json and pictures go', 'runs/val');
  addRunOptions(addDatasetOptions(command))
    .option(
      '--absent <rule>',
      `what classes without a true pixel do to means: ${ABSENT_RULE_NAMES.join(', ')}`,
      oneOf('--absent', ABSENT_RULE_NAMES),
      'standard',
    )
    .option(
      '--boundary-tolerance <share>',
      "how far contours may be off, as a share of the image's diagonal",
      numberBetween('--boundary-tolerance', 0, 1),
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
    .option('--worst <count>', 'images on the sheet of the worst', wholeNumber('--worst', 0), 8)
    .option('--json', 'print the whole report as one JSON object')
    .action(async (inputs: string[], options: ValOptions) => exit(await val(inputs, options)));
};

async function val(inputs: readonly string[], options: ValOptions): Promise<number> {
  const path = inputs.at(-1) as string;
  const folders = await Promise.all((inputs.length > 1 ? inputs.slice(0, -1) : [undefined]).map(modelFolder));
  const dataset = await openDataset(path, options);
  for (const line of dataset.notes) note(pc.dim(line));
  const split = options.split ?? defaultSplit(dataset);
  const samples = dataset.samples(split);
  if (samples.length === 0) throw new UsageError(`${path}: the split ${split} has no labelled image to measure on.`);
  const faults = dataset.faults(split).length;
  if (faults > 0)
    warn(
      `${count(faults, 'file', 'files')} of ${split} have no partner and are left out; see "refinenet dataset verify ${path}".`,
    );
  const source = await openPredictions(folders, dataset, split, options);
  const worst = new WorstImages(dataset.classes, options.worst);
  const bar = progress(samples.length, 'images');
  let evaluation: Evaluation;
  try {
    evaluation = await evaluate(dataset, source.predict, {
      split,
      decodeImage: decodeDatasetImage,
      absent: options.absent,
      boundaryTolerance: options.boundaryTolerance,
      onImage(image) {
        worst.add(image);
        bar.step(basename(image.score.name));
      },
      onFailure({ name, message }) {
        bar.interrupt(() => fail(message));
        bar.step(basename(name));
      },
    });
  } finally {
    bar.stop();
    await source.dispose();
  }
  await writeResults(evaluation, worst, { dataset: path, source: source.words }, options);
  if (evaluation.failures.length === 0) return EXIT.success;
  note(`${evaluation.failures.length} of ${samples.length} images failed; the figures are those of the others.`);
  return EXIT.failure;
}

/** `val`, or the only split there is. */
function defaultSplit({ splits, name }: Dataset): string {
  if (splits.includes('val')) return 'val';
  if (splits.length === 1) return splits[0] as string;
  throw new UsageError(`${name}: there is no split "val". Choose one with --split: ${splits.join(', ')}.`);
}

async function writeResults(
  evaluation: Evaluation,
  worst: WorstImages,
  what: { readonly dataset: string; readonly source: string },
  options: ValOptions,
): Promise<void> {
  const { output, save } = options;
  const report = { ...what, ...evaluationReport(evaluation) };
  const names = evaluation.classes.map(({ name }) => name);
  const sheet = worst.sheet(`The worst images of ${basename(what.dataset)} · ${evaluation.split} · by mean IoU`);
  const files = new Map<string, Uint8Array>([
    ['report.json', new TextEncoder().encode(`${JSON.stringify(report)}\n`)],
    ['confusion.png', await encodeImage(confusionPicture(evaluation.matrix, names), 'png')],
    ...(sheet ? ([['worst.png', await encodeImage(sheet, 'png')]] as const) : []),
  ]);
  for (const [name, bytes] of files) await writeFileAtomically(join(output, name), bytes);
  if (options.json) print(JSON.stringify(report));
  else {
    const images = count(evaluation.images.length, 'image', 'images');
    print(
      `${what.source} on ${what.dataset}, ${evaluation.split}: ${images}, ${millions(report.pixels.scored)} pixels scored, ${millions(report.pixels.ignored)} without a class\n`,
    );
    print(describeEvaluation(report));
  }
  note(pc.dim(`Written: ${[...files.keys()].map((name) => join(output, name)).join(', ')}`));
  if (save !== undefined)
    note(pc.dim(`Predictions: ${save}; score them again with: npx refinenet val ${save} ${what.dataset}`));
}

function millions(pixels: number): string {
  return pixels < 1e6 ? String(pixels) : `${(pixels / 1e6).toFixed(1)} million`;
}
