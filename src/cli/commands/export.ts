/** `refinenet export`: a model folder to ONNX, safetensors or a folder for Hugging Face's libraries. */
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { checkExport } from '../../inference/check-export.ts';
import { architectureName } from '../../models/architectures.ts';
import { exportOnnx } from '../../models/export-onnx.ts';
import type { Model } from '../../models/model.ts';
import { backendFor } from '../../platform/node/backend.ts';
import { writeFileAtomically } from '../../platform/node/files.ts';
import {
  assertWritable,
  loadWeights,
  modelFor,
  readModelFolder,
  writeModelFolder,
} from '../../platform/node/model-folder.ts';
import type { Weights } from '../../tensor/weights.ts';
import { writeSafetensors } from '../../weights/safetensors.ts';
import { print, warn } from '../output.ts';
import { oneOf } from '../parse.ts';
import type { RegisterCommand } from './index.ts';

interface ExportOptions {
  readonly format: Format;
  readonly precision: 'float32';
  readonly output: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

interface Exported {
  readonly path: string;
  readonly bytes: number;
  /** Relative difference between the export's logits and ours; absent where there is nothing to run. */
  readonly difference?: number;
}

/** How each format is written. Adding one is a line here. */
const FORMATS = {
  onnx: toOnnxFile,
  safetensors: toSafetensorsFile,
  huggingface: toHuggingFaceFolder,
} as const satisfies Record<string, (model: Model, weights: Weights, options: ExportOptions) => Promise<Exported>>;

type Format = keyof typeof FORMATS;

const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

export const registerExport: RegisterCommand = (program) => {
  program
    .command('export')
    .description('write a model as ONNX, safetensors, or a folder for Hugging Face libraries')
    .argument('<model>', 'a model folder')
    .option('--format <name>', FORMAT_NAMES.join(', '), oneOf('--format', FORMAT_NAMES), 'onnx')
    .option('--precision <name>', 'float32', oneOf('--precision', ['float32']), 'float32')
    .option('--output <path>', 'file or folder to write', 'runs/export')
    .option('--force', 'replace what is there')
    .option('--json', 'print JSON')
    .action(exportModel);
};

async function exportModel(path: string, options: ExportOptions): Promise<void> {
  const model = await readModelFolder(path);
  const exported = await FORMATS[options.format](model, await loadWeights(model), options);
  if (options.json) {
    print(JSON.stringify({ model: path, format: options.format, precision: options.precision, ...exported }));
    return;
  }
  print(`${exported.path}, ${(exported.bytes / 1e6).toFixed(1)} MB`);
  if (exported.difference !== undefined) {
    print(`Checked: relative difference from our own logits ${exported.difference.toExponential(1)}`);
  }
}

async function toOnnxFile(model: Model, weights: Weights, options: ExportOptions): Promise<Exported> {
  const path = await outputFile(options, 'model.onnx');
  const bytes = exportOnnx(model, weights);
  const difference = await check(bytes, model);
  await writeFileAtomically(path, bytes);
  return { path, bytes: bytes.length, difference };
}

async function toSafetensorsFile(_model: Model, weights: Weights, options: ExportOptions): Promise<Exported> {
  const path = await outputFile(options, 'model.safetensors');
  const chunks = writeSafetensors(weights, new Map([['format', 'pt']]));
  await writeFileAtomically(path, chunks);
  return { path, bytes: chunks.reduce((sum, { length }) => sum + length, 0) };
}

async function toHuggingFaceFolder(model: Model, weights: Weights, options: ExportOptions): Promise<Exported> {
  const overwrite = options.force ?? false;
  await assertWritable(resolve(options.output), options.output, overwrite);
  const bytes = exportOnnx(model, weights);
  const difference = await check(bytes, model);
  await writeModelFolder(
    options.output,
    { ...model, weights },
    {
      title: basename(resolve(options.output)),
      architecture: architectureName(model.definition),
      origin: 'Exported for the Hugging Face libraries; `onnx/model.onnx` runs in transformers.js.',
      modelType: 'segformer',
      files: new Map([['onnx/model.onnx', bytes]]),
      overwrite,
    },
  );
  return { path: options.output, bytes: bytes.length, difference };
}

/** The relative difference between an export's logits and ours. */
async function check(bytes: Uint8Array, model: Model): Promise<number> {
  const backend = await backendFor(undefined, warn);
  return checkExport(bytes, await modelFor(backend, model), backend);
}

/** The file to write: the output itself if it has the name's extension, else that name inside it. */
async function outputFile({ output, force }: ExportOptions, name: string): Promise<string> {
  const path = extname(output) === extname(name) ? output : join(output, name);
  if (!force && (await stat(path).catch(() => null))) await assertWritable(resolve(path), path, false);
  await mkdir(dirname(path), { recursive: true });
  return path;
}
