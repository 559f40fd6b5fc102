/** How each format of an export is made. */
import { extensionOf } from '../../data/file-source.ts';
import { checkExport, FLOAT16_TOLERANCE } from '../../inference/check-export.ts';
import { checkAgreement, exportReduced, ONNX_FILES } from '../../inference/export-precision.ts';
import type { Precision } from '../../inference/precision.ts';
import { architectureName } from '../../models/architectures.ts';
import { exportOnnx } from '../../models/export-onnx.ts';
import { jsonBytes, ONNX_FOLDER, type WriteModelOptions } from '../../models/folder/files.ts';
import { QUANTIZATION_FILE, toQuantizationFile } from '../../models/folder/quantization.ts';
import type { Model } from '../../models/model.ts';
import type { Backend } from '../../runtime/backend.ts';
import { byteLength } from '../../tensor/weights.ts';
import { writeSafetensors } from '../../weights/safetensors.ts';
import type { EXPORT_FORMAT_NAMES } from '../names.ts';
import type { TaskFiles } from '../task-files.ts';
import type { CalibrationImages } from './calibration-images.ts';
import type { ExportRequest } from './request.ts';
import type { ModelToExport } from './source.ts';
import { type Measured, storedModel } from './stored-model.ts';

/** What is exported: the model, and what its precision asks for beside it. */
export interface Source extends ModelToExport {
  readonly calibration: CalibrationImages | null;
}

/** An engine, and a model as that engine can load it. */
export type Engine = (model: Model) => Promise<{ readonly backend: Backend; readonly loaded: Model }>;

/** How an export compares with the model. */
export interface Checked {
  /** Relative difference between the export's logits and ours; absent where there is nothing to run. */
  readonly difference?: number;
  /** The share of pixels that have the same label as in float32, and of how many images. */
  readonly agreement?: number;
  readonly comparedImages?: number;
}

export interface Written {
  /** What was written. */
  readonly path: string;
  /** The size of the file, or in a folder of the ONNX file or else of the weights. */
  readonly bytes: number;
}

/** An export that was checked and is ready to be written. */
export interface Prepared {
  readonly checked: Checked;
  readonly measured: Measured;
  write(): Promise<Written>;
}

type Prepare = (source: Source, request: ExportRequest, engine: Engine, files: TaskFiles) => Promise<Prepared>;

/** Adding a format is a line here and its name in the list of names. Each throws UsageError at once if it may not write there. */
export const EXPORT_FORMATS: Readonly<Record<(typeof EXPORT_FORMAT_NAMES)[number], Prepare>> = {
  onnx: onnxFile,
  safetensors: safetensorsFile,
  folder: modelFolder,
  huggingface: huggingFaceFolder,
};

async function onnxFile(source: Source, request: ExportRequest, engine: Engine, files: TaskFiles): Promise<Prepared> {
  const { precision } = request;
  const path = await outputFile(request, ONNX_FILES[precision], files);
  const { bytes, ...checked } = await checkedOnnx(source, precision, engine);
  return {
    checked,
    measured: { model: source.model, precision },
    async write() {
      await files.write(path, bytes);
      return { path, bytes: bytes.length };
    },
  };
}

async function safetensorsFile(source: Source, request: ExportRequest, _: Engine, files: TaskFiles): Promise<Prepared> {
  const path = await outputFile(request, 'model.safetensors', files);
  const { stored, measured } = storedModel(source, request.precision);
  return {
    checked: {},
    measured,
    async write() {
      const chunks = writeSafetensors(stored, new Map([['format', 'pt']]));
      await files.write(path, chunks);
      return { path, bytes: chunks.reduce((sum, { length }) => sum + length, 0) };
    },
  };
}

/** int8 is made of the weights when a model is loaded: a folder holds the ranges for that, and the weights in float16. */
async function modelFolder(
  source: Source,
  request: ExportRequest,
  engine: Engine,
  files: TaskFiles,
): Promise<Prepared> {
  const { output, precision, force } = request;
  await files.assertWritable(output, force);
  const { model, folders } = source;
  const { stored, measured } = storedModel(source, precision);
  const checked = precision === 'int8' ? await checkedRanges(source, engine, measured.model) : {};
  const facts = [
    `Exported in ${precision === 'float32' ? 'float32' : 'float16'}${model.ranges ? ', with the ranges for int8' : ''}.`,
    ...(folders.length > 1 ? [`The mean of the weights of ${folders.length} models.`] : []),
  ];
  return {
    checked,
    measured,
    async write() {
      await writeFolder({ ...source, weights: stored }, request, files, { origin: facts.join(' ') });
      return { path: output, bytes: byteLength(stored) };
    },
  };
}

async function huggingFaceFolder(
  source: Source,
  request: ExportRequest,
  engine: Engine,
  files: TaskFiles,
): Promise<Prepared> {
  const { output, precision, force } = request;
  await files.assertWritable(output, force);
  const { bytes, ...checked } = await checkedOnnx(source, precision, engine);
  const file = `${ONNX_FOLDER}/${ONNX_FILES[precision]}`;
  return {
    checked,
    measured: { model: source.model, precision },
    async write() {
      await writeFolder(source, request, files, {
        origin: `Exported for the Hugging Face libraries; \`${file}\` runs in transformers.js${DTYPES[precision]}.`,
        modelType: 'segformer',
        files: new Map([[file, bytes]]),
      });
      return { path: output, bytes: bytes.length };
    },
  };
}

/** Writes a model's folder with its ranges, if it has some, and what a format adds. */
async function writeFolder(
  source: Source,
  { output, precision, force }: ExportRequest,
  files: TaskFiles,
  added: Pick<WriteModelOptions, 'origin' | 'modelType' | 'files'>,
): Promise<void> {
  const { model, weights } = source;
  await files.writeModel(
    output,
    { ...model, weights },
    {
      ...added,
      title: files.nameOf(files.absolute(output)),
      architecture: architectureName(model.definition),
      files: new Map([...(added.files ?? []), ...(await rangesFile(source, precision, files))]),
      overwrite: force,
    },
  );
}

/** The ranges of activations, where a model has them: those that were found now, or its folder's own file. */
async function rangesFile(
  { model: { ranges }, folders: [folder], calibration }: Source,
  precision: Precision,
  files: TaskFiles,
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (ranges === undefined) return new Map();
  if (precision === 'int8' && calibration !== null) {
    return new Map([[QUANTIZATION_FILE, jsonBytes(toQuantizationFile(ranges, calibration.count))]]);
  }
  return new Map([[QUANTIZATION_FILE, await files.read(files.join(folder, QUANTIZATION_FILE))]]);
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

/** An export of a model, or of it as it will be stored, and how it compares with the model. */
async function checkedOnnx(
  { model, weights, calibration }: Source,
  precision: Precision,
  engine: Engine,
  exported: Model = model,
): Promise<{ readonly bytes: Uint8Array } & Checked> {
  const { backend, loaded } = await engine(model);
  const bytes =
    precision === 'float32'
      ? exportOnnx(model, weights)
      : await exportReduced((await engine(exported)).loaded, backend, precision);
  const tolerance = TOLERANCES[precision];
  const difference = tolerance === null ? null : await checkExport(bytes, loaded, backend, tolerance);
  const agreement = calibration && (await checkAgreement(bytes, loaded, calibration.read(), backend));
  return {
    bytes,
    ...(difference !== null && { difference }),
    ...(agreement !== null && { agreement, comparedImages: calibration?.count ?? 0 }),
  };
}

/** How a model computes in int8 by its ranges. */
async function checkedRanges(source: Source, engine: Engine, stored: Model): Promise<Checked> {
  const { bytes: _, ...checked } = await checkedOnnx(source, 'int8', engine, stored);
  return checked;
}

/** The file to write: the output itself if it has the name's extension, else that name inside it. */
async function outputFile({ output, force }: ExportRequest, name: string, files: TaskFiles): Promise<string> {
  const path = output.endsWith(extensionOf(name)) ? output : files.join(output, name);
  await files.assertWritable(path, force);
  return path;
}
