/** `export`: a model, or the mean of several, to ONNX, safetensors, a model folder or one for Hugging Face's libraries. */
import type { Dataset } from '../../data/dataset.ts';
import { UsageError } from '../../errors.ts';
import { calibrateModel } from '../../inference/calibrate.ts';
import { EXPECTED_AGREEMENT } from '../../inference/export-precision.ts';
import type { Precision } from '../../inference/precision.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import { percent } from '../../text.ts';
import { labeledSamples } from '../labeled-samples.ts';
import { defineTask, type WorkContext } from '../task.ts';
import type { TaskFiles } from '../task-files.ts';
import { type CalibrationImages, findCalibrationImages } from './calibration-images.ts';
import { type Comparison, compareOnLabels } from './comparison.ts';
import type { ExportEvent } from './events.ts';
import { type Checked, type Engine, EXPORT_FORMATS, type Source, type Written } from './formats.ts';
import { EXPORT_REQUEST, type ExportRequest } from './request.ts';
import { modelToExport } from './source.ts';

export interface ExportResult extends Written, Checked {
  /** The model's folder. */
  readonly model: string;
  /** The folders of the models whose weights' mean with the model's it is. */
  readonly meanWith?: readonly string[];
  readonly format: ExportRequest['format'];
  readonly precision: Precision;
  /** With a data set: how good the model is in float32 and in the precision. */
  readonly comparison?: Comparison;
}

export const exportTask = defineTask({ name: 'export', request: EXPORT_REQUEST, work: exportModel });

async function exportModel(request: ExportRequest, context: WorkContext<ExportEvent>): Promise<ExportResult> {
  checkCombination(request);
  const { files } = context;
  const { format, precision, split, dataset } = request;
  const read = await modelToExport(request, context);
  const labeled = dataset === undefined ? null : await openLabeled(dataset, split, files);
  const images = request.calibration ?? dataset;
  const calibration =
    images === undefined ? null : await findCalibrationImages(images, request.calibrationImages, context);
  const engine = engineFor(context);
  const source: Source = { ...read, calibration };
  const calibrated = precision === 'int8' ? await calibrateSource(source, engine, context) : source;
  const { checked, measured, write } = await EXPORT_FORMATS[format](calibrated, request, engine, files);
  // Before anything is written: the model may lie where it is written to.
  const comparison =
    labeled &&
    (await compareOnLabels(
      [{ model: read.model, precision: 'float32' }, measured],
      precision,
      engine,
      { dataset: labeled, split },
      context,
    ));
  const written = await write();
  warnOfAgreement(checked, context);
  const [model, ...meanWith] = read.folders;
  return {
    model,
    ...(meanWith.length > 0 && { meanWith }),
    format,
    precision,
    ...written,
    ...checked,
    ...(comparison && { comparison }),
  };
}

/** @throws UsageError naming all that does not go together. */
function checkCombination({ format, precision, calibration, dataset, resize, crf }: ExportRequest): void {
  const problems: string[] = [];
  if (precision === 'int8') {
    if (format === 'safetensors')
      problems.push('int8 is written as onnx, folder or huggingface; safetensors holds float32 or float16.');
    if (calibration === undefined && dataset === undefined) {
      problems.push(
        'int8 needs images like those to be segmented, to find the range of each activation. Give a folder of about 30 with --calibration FOLDER, or a data set.',
      );
    }
  }
  for (const [name, value] of Object.entries({ resize, crf })) {
    if (format !== 'safetensors' || value === undefined) continue;
    problems.push(`safetensors holds weights alone, and no --${name}. A folder has both: --format folder.`);
  }
  if (precision === 'float16' && calibration !== undefined && (format === 'folder' || format === 'safetensors')) {
    problems.push(
      `--calibration is for int8, and for what computes in float16. As ${format}, float16 is how weights are stored; --dataset measures it.`,
    );
  }
  if (precision === 'float32' && (calibration !== undefined || dataset !== undefined)) {
    problems.push(
      '--calibration and --dataset are for --precision float16 or int8. To measure a model: refinenet val MODEL DATASET.',
    );
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

async function openLabeled(path: string, split: string, files: TaskFiles): Promise<Dataset> {
  const dataset = await files.openDataset(path, {});
  labeledSamples(dataset, split, path);
  return dataset;
}

/** The engine is opened when it is first needed, and once. */
function engineFor({ backend, files, onEvent }: WorkContext<ExportEvent>): Engine {
  const open = () => backend(undefined, (message) => onEvent({ type: 'warning', message }));
  let opened: ReturnType<typeof open> | undefined;
  return async (model) => {
    opened ??= open();
    const engine = await opened;
    return { backend: engine, loaded: await files.modelFor(engine, model) };
  };
}

async function calibrateSource(
  source: Source,
  engine: Engine,
  { onEvent, signal }: WorkContext<ExportEvent>,
): Promise<Source> {
  const images = source.calibration as CalibrationImages;
  const { backend, loaded } = await engine(source.model);
  let done = 0;
  const tell = (name: string) =>
    onEvent({ type: 'progress', unit: 'images calibrated on', done, total: images.count, name });
  tell('');
  const read = images.read((name) => {
    done++;
    tell(name);
    throwIfAborted(signal);
  });
  return { ...source, model: { ...source.model, ranges: await calibrateModel(loaded, read, backend) } };
}

function warnOfAgreement({ agreement }: Checked, { onEvent }: WorkContext<ExportEvent>): void {
  if (agreement === undefined || agreement >= EXPECTED_AGREEMENT) return;
  const message =
    `Only ${percent(agreement)} of the pixels get the label they get in float32; ${percent(EXPECTED_AGREEMENT)} are usual. ` +
    'Measure the export with --dataset, calibrate on other images, or take float16.';
  onEvent({ type: 'warning', message });
}
