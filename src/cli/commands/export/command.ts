/** `refinenet export`: a model folder to ONNX, safetensors or a folder for Hugging Face's libraries. */
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Dataset } from '../../../data/dataset.ts';
import { UsageError } from '../../../errors.ts';
import { calibrateModel } from '../../../inference/calibrate.ts';
import { checkExport, FLOAT16_TOLERANCE } from '../../../inference/check-export.ts';
import { checkAgreement, EXPECTED_AGREEMENT, exportReduced, ONNX_FILES } from '../../../inference/export-precision.ts';
import { PRECISIONS, type Precision } from '../../../inference/precision.ts';
import { architectureName } from '../../../models/architectures.ts';
import { exportOnnx } from '../../../models/export-onnx.ts';
import { jsonBytes } from '../../../models/model-files.ts';
import type { Model } from '../../../models/model.ts';
import { QUANTIZATION_FILE, toQuantizationFile } from '../../../models/quantization-file.ts';
import { backendFor } from '../../../platform/node/backend.ts';
import { openDatasetAt } from '../../../platform/node/dataset-files.ts';
import { writeFileAtomically } from '../../../platform/node/files.ts';
import {
  assertWritable,
  loadWeights,
  modelFor,
  readModelFolder,
  writeModelFolder,
} from '../../../platform/node/model-folder.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { halfWeights } from '../../../tensor/float16.ts';
import { count, percent } from '../../../text.ts';
import type { Weights } from '../../../tensor/weights.ts';
import { writeSafetensors } from '../../../weights/safetensors.ts';
import { type CalibrationImages, findCalibrationImages } from './calibration-images.ts';
import { type Comparison, comparePrecisions, describeComparison } from './comparison.ts';
import { print, progress, warn } from '../../output.ts';
import { oneOf, wholeNumber } from '../../parse.ts';
import { modelFolder } from '../../../platform/node/model-location.ts';
import type { RegisterCommand } from '../register-command.ts';

interface ExportOptions {
  readonly format: Format;
  readonly precision: Precision;
  readonly calibration?: string;
  readonly calibrationImages: number;
  readonly dataset?: string;
  readonly split: string;
  readonly output: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

interface Exported {
  readonly path: string;
  readonly bytes: number;
  /** Relative difference between the export's logits and ours; absent where there is nothing to run. */
  readonly difference?: number;
  /** The share of pixels that have the same label as in float32, and of how many images. */
  readonly agreement?: number;
  readonly comparedImages?: number;
}

/** What is exported: the model, and what its precision asks for beside it. */
interface Source {
  readonly model: Model;
  readonly weights: Weights;
  readonly calibration: CalibrationImages | null;
}

/** How each format is written. Adding one is a line here. */
const FORMATS = {
  onnx: toOnnxFile,
  safetensors: toSafetensorsFile,
  huggingface: toHuggingFaceFolder,
} as const satisfies Record<string, (source: Source, options: ExportOptions) => Promise<Exported>>;

type Format = keyof typeof FORMATS;

const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

export const registerExport: RegisterCommand = (program) => {
  program
    .command('export')
    .description('write a model as ONNX, safetensors, or a folder for Hugging Face libraries')
    .argument('<model>', 'a model folder')
    .option('--format <name>', FORMAT_NAMES.join(', '), oneOf('--format', FORMAT_NAMES), 'onnx')
    .option(
      '--precision <name>',
      `${PRECISIONS.join(', ')}: float16 is half as large, int8 a quarter and faster on CPUs`,
      oneOf('--precision', PRECISIONS),
      'float32',
    )
    .option(
      '--calibration <path>',
      "for int8: a folder of photographs like those to be segmented, or a data set (default: --dataset's)",
    )
    .option('--calibration-images <count>', 'how many of them', wholeNumber('--calibration-images', 1), 32)
    .option('--dataset <path>', 'labelled images to measure the mIoU on, in float32 and in the precision')
    .option('--split <name>', 'the part of the data set to measure on', 'val')
    .option('--output <path>', 'file or folder to write', 'runs/export')
    .option('--force', 'replace what is there')
    .option('--json', 'print JSON')
    .action(exportModel);
};

async function exportModel(given: string, options: ExportOptions): Promise<void> {
  checkOptions(options);
  const path = await modelFolder(given);
  const model = await readModelFolder(path);
  const labelled = options.dataset === undefined ? null : await openLabelled(options.dataset, options.split);
  const images = options.calibration ?? options.dataset;
  const calibration = images === undefined ? null : await findCalibrationImages(images, options.calibrationImages);
  const source: Source = { model, weights: await loadWeights(model), calibration };
  const calibrated = options.precision === 'int8' ? await calibrateSource(source) : source;
  const exported = await FORMATS[options.format](calibrated, options);
  const comparison =
    labelled &&
    (await withBackend(calibrated.model, (backend, loaded) =>
      comparePrecisions(loaded, backend, options.precision, { dataset: labelled, split: options.split }),
    ));
  tell(path, exported, comparison, options);
}

function checkOptions({ format, precision, calibration, dataset }: ExportOptions): void {
  const problems: string[] = [];
  if (precision === 'int8') {
    if (format === 'safetensors')
      problems.push('int8 is written as onnx or huggingface; safetensors holds float32 or float16.');
    if (calibration === undefined && dataset === undefined) {
      problems.push(
        'int8 needs photographs like those to be segmented, to find the range of each activation. Give a folder of about 30 with --calibration FOLDER, or a data set.',
      );
    }
  }
  if (precision === 'float32' && (calibration !== undefined || dataset !== undefined)) {
    problems.push(
      '--calibration and --dataset are for --precision float16 or int8. To measure a model: refinenet val MODEL DATASET.',
    );
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

async function openLabelled(path: string, split: string): Promise<Dataset> {
  const dataset = await openDatasetAt(path);
  if (dataset.samples(split).length > 0) return dataset;
  throw new UsageError(`${path}: the split ${split} has no labelled image to measure on.`);
}

async function calibrateSource({ model, weights, calibration }: Source): Promise<Source> {
  const images = calibration as CalibrationImages;
  const bar = progress(images.count, 'images calibrated on');
  try {
    const ranges = await withBackend(model, (backend, loaded) =>
      calibrateModel(loaded, images.read(bar.step), backend),
    );
    return { model: { ...model, ranges }, weights, calibration };
  } finally {
    bar.stop();
  }
}

function tell(path: string, exported: Exported, comparison: Comparison | null, options: ExportOptions): void {
  const { difference, agreement, comparedImages = 0 } = exported;
  if (agreement !== undefined && agreement < EXPECTED_AGREEMENT) {
    warn(
      `Only ${percent(agreement)} of the pixels get the label they get in float32; ${percent(EXPECTED_AGREEMENT)} are usual. ` +
        'Measure the export with --dataset, calibrate on other photographs, or take float16.',
    );
  }
  if (options.json) {
    const measured = comparison && { comparison };
    print(
      JSON.stringify({ model: path, format: options.format, precision: options.precision, ...exported, ...measured }),
    );
    return;
  }
  print(`${exported.path}, ${(exported.bytes / 1e6).toFixed(1)} MB`);
  if (difference !== undefined)
    print(`Checked: relative difference from our own logits ${difference.toExponential(1)}`);
  if (agreement !== undefined) {
    print(
      `Checked: ${percent(agreement)} of the pixels of ${count(comparedImages, 'image', 'images')} get the label they get in float32`,
    );
  }
  if (comparison) print(describeComparison(comparison));
}

async function toOnnxFile(source: Source, options: ExportOptions): Promise<Exported> {
  const path = await outputFile(options, ONNX_FILES[options.precision]);
  const { bytes, ...checked } = await checkedOnnx(source, options.precision);
  await writeFileAtomically(path, bytes);
  return { path, bytes: bytes.length, ...checked };
}

async function toSafetensorsFile({ weights }: Source, options: ExportOptions): Promise<Exported> {
  const path = await outputFile(options, 'model.safetensors');
  const stored = options.precision === 'float16' ? halfWeights(weights) : weights;
  const chunks = writeSafetensors(stored, new Map([['format', 'pt']]));
  await writeFileAtomically(path, chunks);
  return { path, bytes: chunks.reduce((sum, { length }) => sum + length, 0) };
}

async function toHuggingFaceFolder(source: Source, options: ExportOptions): Promise<Exported> {
  const { model, weights, calibration } = source;
  const overwrite = options.force ?? false;
  await assertWritable(resolve(options.output), options.output, overwrite);
  const { bytes, ...checked } = await checkedOnnx(source, options.precision);
  const file = `onnx/${ONNX_FILES[options.precision]}`;
  await writeModelFolder(
    options.output,
    { ...model, weights },
    {
      title: basename(resolve(options.output)),
      architecture: architectureName(model.definition),
      origin: `Exported for the Hugging Face libraries; \`${file}\` runs in transformers.js${DTYPES[options.precision]}.`,
      modelType: 'segformer',
      files: new Map([
        [file, bytes],
        ...(model.ranges
          ? ([[QUANTIZATION_FILE, jsonBytes(toQuantizationFile(model.ranges, calibration?.count ?? 1))]] as const)
          : []),
      ]),
      overwrite,
    },
  );
  return { path: options.output, bytes: bytes.length, ...checked };
}

/** How transformers.js is told to take the file. */
const DTYPES: Readonly<Record<Precision, string>> = {
  float32: '',
  float16: " with dtype: 'fp16'",
  int8: " with dtype: 'q8'",
};

/** An export, and how it compares with the model. */
async function checkedOnnx(
  { model, weights, calibration }: Source,
  precision: Precision,
): Promise<{ readonly bytes: Uint8Array } & Pick<Exported, 'difference' | 'agreement' | 'comparedImages'>> {
  return withBackend(model, async (backend, loaded) => {
    const bytes =
      precision === 'float32' ? exportOnnx(model, weights) : await exportReduced(loaded, backend, precision);
    const tolerance = { float32: undefined, float16: FLOAT16_TOLERANCE, int8: null }[precision];
    const difference = tolerance === null ? null : await checkExport(bytes, loaded, backend, tolerance);
    const agreement = calibration && (await checkAgreement(bytes, loaded, calibration.read(), backend));
    return {
      bytes,
      ...(difference !== null && { difference }),
      ...(agreement !== null && { agreement, comparedImages: calibration?.count ?? 0 }),
    };
  });
}

/** Passes an engine, and the model as that engine can load it. */
async function withBackend<T>(model: Model, use: (backend: Backend, loaded: Model) => Promise<T>): Promise<T> {
  const backend = await backendFor(undefined, warn);
  return use(backend, await modelFor(backend, model));
}

/** The file to write: the output itself if it has the name's extension, else that name inside it. */
async function outputFile({ output, force }: ExportOptions, name: string): Promise<string> {
  const path = extname(output) === extname(name) ? output : join(output, name);
  if (!force && (await stat(path).catch(() => null))) await assertWritable(resolve(path), path, false);
  await mkdir(dirname(path), { recursive: true });
  return path;
}
