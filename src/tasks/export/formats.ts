/** How each format of an export is written. */
import { extensionOf } from '../../data/file-source.ts';
import { checkExport, FLOAT16_TOLERANCE } from '../../inference/check-export.ts';
import { checkAgreement, exportReduced, ONNX_FILES } from '../../inference/export-precision.ts';
import type { Precision } from '../../inference/precision.ts';
import { architectureName } from '../../models/architectures.ts';
import { exportOnnx } from '../../models/export-onnx.ts';
import type { Model } from '../../models/model.ts';
import { jsonBytes } from '../../models/folder/files.ts';
import { QUANTIZATION_FILE, toQuantizationFile } from '../../models/folder/quantization.ts';
import type { Backend } from '../../runtime/backend.ts';
import { halfWeights } from '../../tensor/float16.ts';
import { byteLength, type Weights } from '../../tensor/weights.ts';
import { writeSafetensors } from '../../weights/safetensors.ts';
import type { EXPORT_FORMAT_NAMES } from '../names.ts';
import type { TaskFiles } from '../task-files.ts';
import type { CalibrationImages } from './calibration-images.ts';
import type { ExportRequest } from './request.ts';

/** What is exported: the model, and what its precision asks for beside it. */
export interface Source {
  readonly model: Model;
  readonly weights: Weights;
  readonly calibration: CalibrationImages | null;
}

/** An engine, and a model as that engine can load it. */
export type Engine = (model: Model) => Promise<{ readonly backend: Backend; readonly loaded: Model }>;

export interface Exported {
  /** What was written. */
  readonly path: string;
  /** The size of the file, or in a folder of the ONNX file or else of the weights. */
  readonly bytes: number;
  /** Relative difference between the export's logits and ours; absent where there is nothing to run. */
  readonly difference?: number;
  /** The share of pixels that have the same label as in float32, and of how many images. */
  readonly agreement?: number;
  readonly comparedImages?: number;
}

type Write = (source: Source, request: ExportRequest, engine: Engine, files: TaskFiles) => Promise<Exported>;

/** Adding a format is a line here and its name in the list of names. */
export const EXPORT_FORMATS: Readonly<Record<(typeof EXPORT_FORMAT_NAMES)[number], Write>> = {
  onnx: toOnnxFile,
  safetensors: toSafetensorsFile,
  folder: toModelFolder,
  huggingface: toHuggingFaceFolder,
};

async function toOnnxFile(source: Source, request: ExportRequest, engine: Engine, files: TaskFiles): Promise<Exported> {
  const path = await outputFile(request, ONNX_FILES[request.precision], files);
  const { bytes, ...checked } = await checkedOnnx(source, request.precision, engine);
  await files.write(path, bytes);
  return { path, bytes: bytes.length, ...checked };
}

async function toSafetensorsFile(
  { weights }: Source,
  request: ExportRequest,
  _: Engine,
  files: TaskFiles,
): Promise<Exported> {
  const path = await outputFile(request, 'model.safetensors', files);
  const stored = request.precision === 'float16' ? halfWeights(weights) : weights;
  const chunks = writeSafetensors(stored, new Map([['format', 'pt']]));
  await files.write(path, chunks);
  return { path, bytes: chunks.reduce((sum, { length }) => sum + length, 0) };
}

/** int8 is made of the weights when a model is loaded: a folder holds the ranges for that, and the weights in float16. */
async function toModelFolder(
  source: Source,
  { output, precision, force }: ExportRequest,
  _: Engine,
  files: TaskFiles,
): Promise<Exported> {
  const { model } = source;
  await files.assertWritable(output, force);
  const stored = precision === 'float32' ? 'float32' : 'float16';
  const weights = stored === 'float32' ? source.weights : halfWeights(source.weights);
  await files.writeModel(
    output,
    { ...model, weights },
    {
      title: files.nameOf(files.absolute(output)),
      architecture: architectureName(model.definition),
      origin: `Exported in ${stored}${model.ranges ? ', with the ranges for int8' : ''}.`,
      files: await rangesFile(source, precision, files),
      overwrite: force,
    },
  );
  return { path: output, bytes: byteLength(weights) };
}

async function toHuggingFaceFolder(
  source: Source,
  { output, precision, force }: ExportRequest,
  engine: Engine,
  files: TaskFiles,
): Promise<Exported> {
  const { model, weights } = source;
  await files.assertWritable(output, force);
  const { bytes, ...checked } = await checkedOnnx(source, precision, engine);
  const file = `onnx/${ONNX_FILES[precision]}`;
  await files.writeModel(
    output,
    { ...model, weights },
    {
      title: files.nameOf(files.absolute(output)),
      architecture: architectureName(model.definition),
      origin: `Exported for the Hugging Face libraries; \`${file}\` runs in transformers.js${DTYPES[precision]}.`,
      modelType: 'segformer',
      files: new Map([[file, bytes], ...(await rangesFile(source, precision, files))]),
      overwrite: force,
    },
  );
  return { path: output, bytes: bytes.length, ...checked };
}

/** The ranges of activations, where a model has them: those that were found now, or its folder's own file. */
async function rangesFile(
  { model: { ranges, folder }, calibration }: Source,
  precision: Precision,
  files: TaskFiles,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (ranges === undefined) return new Map();
  if (precision === 'int8') {
    return new Map([
      [QUANTIZATION_FILE, jsonBytes(toQuantizationFile(ranges, (calibration as CalibrationImages).count))],
    ]);
  }
  return new Map([[QUANTIZATION_FILE, await files.read(files.join(folder as string, QUANTIZATION_FILE))]]);
}

/** How transformers.js is told to take the file. */
const DTYPES: Readonly<Record<Precision, string>> = {
  float32: '',
  float16: " with dtype: 'fp16'",
  int8: " with dtype: 'q8'",
};

/** How far logits may be off; null where only labels are compared. */
const TOLERANCES: Readonly<Record<Precision, number | undefined | null>> = {
  float32: undefined,
  float16: FLOAT16_TOLERANCE,
  int8: null,
};

/** An export, and how it compares with the model. */
async function checkedOnnx(
  { model, weights, calibration }: Source,
  precision: Precision,
  engine: Engine,
): Promise<{ readonly bytes: Uint8Array } & Pick<Exported, 'difference' | 'agreement' | 'comparedImages'>> {
  const { backend, loaded } = await engine(model);
  const bytes = precision === 'float32' ? exportOnnx(model, weights) : await exportReduced(loaded, backend, precision);
  const tolerance = TOLERANCES[precision];
  const difference = tolerance === null ? null : await checkExport(bytes, loaded, backend, tolerance);
  const agreement = calibration && (await checkAgreement(bytes, loaded, calibration.read(), backend));
  return {
    bytes,
    ...(difference !== null && { difference }),
    ...(agreement !== null && { agreement, comparedImages: calibration?.count ?? 0 }),
  };
}

/** The file to write: the output itself if it has the name's extension, else that name inside it. */
async function outputFile({ output, force }: ExportRequest, name: string, files: TaskFiles): Promise<string> {
  const path = output.endsWith(extensionOf(name)) ? output : files.join(output, name);
  await files.assertWritable(path, force);
  return path;
}
