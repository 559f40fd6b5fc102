/** `evaluate`: how good a model, or saved predictions, are on labeled images. */
import { count } from '../../text.ts';
import type { Dataset } from '../../data/dataset.ts';
import { UsageError } from '../../errors.ts';
import { confusionImage } from '../../evaluation/confusion-image.ts';
import { type Evaluation, evaluate as evaluateSplit } from '../../evaluation/evaluate.ts';
import { type EvaluationReport, evaluationReport } from '../../evaluation/report.ts';
import { WorstImages } from '../../evaluation/worst-images.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import { openDataset } from '../dataset-fields.ts';
import { labeledSamples } from '../labeled-samples.ts';
import { defineTask, type WorkContext } from '../task.ts';
import type { TaskFiles } from '../task-files.ts';
import type { EvaluateEvent } from './events.ts';
import { openPredictions } from './predictions.ts';
import { EVALUATE_REQUEST, type EvaluateRequest } from './request.ts';

export interface EvaluateResult {
  /** The content of report.json. */
  readonly report: EvaluationReport & {
    readonly dataset: string;
    /** What was scored, in words. */
    readonly source: string;
  };
  /** Images that were asked for; those that failed are in the report. */
  readonly images: number;
  /** The files written: the report and images. */
  readonly files: readonly string[];
}

export const evaluateTask = defineTask({ name: 'evaluate', request: EVALUATE_REQUEST, work: evaluate });

async function evaluate(request: EvaluateRequest, context: WorkContext<EvaluateEvent>): Promise<EvaluateResult> {
  const { files, onEvent, signal } = context;
  const { dataset: path, absent, boundaryTolerance } = request;
  const named = request.predictions.length > 0 ? request.predictions : [undefined];
  const folders = await Promise.all(named.map((each) => files.modelFolder(each)));
  const dataset = await openDataset(path, request, files);
  for (const message of dataset.notes) onEvent({ type: 'note', message });
  const split = request.split ?? defaultSplit(dataset);
  const images = samplesIn(dataset, split, path, onEvent);
  const source = await openPredictions(folders, dataset, split, request, context);
  const worst = new WorstImages(dataset.classes, request.worst);
  let done = 0;
  const tell = (name: string) => onEvent({ type: 'progress', unit: 'images', done, total: images, name });
  const step = (name: string) => {
    done++;
    tell(name);
    throwIfAborted(signal);
  };
  tell('');
  let evaluation: Evaluation;
  try {
    evaluation = await evaluateSplit(dataset, source.predict, {
      split,
      decodeImage: files.decodeImage,
      absent,
      boundaryTolerance,
      onImage(image) {
        worst.add(image);
        step(image.score.name);
      },
      onFailure({ name, message }) {
        onEvent({ type: 'failure', name, message });
        step(name);
      },
    });
  } finally {
    await source.dispose();
  }
  const report = { dataset: path, source: source.words, ...evaluationReport(evaluation) };
  const written = await writeResults(report, evaluation, worst, request, files);
  return { report, images, files: written };
}

/** How many there are to score; @throws UsageError for none. */
function samplesIn(dataset: Dataset, split: string, path: string, onEvent: (event: EvaluateEvent) => void): number {
  const { length } = labeledSamples(dataset, split, path);
  const faults = dataset.faults(split).length;
  if (faults > 0) {
    const message = `${count(faults, 'file', 'files')} of ${split} have no partner and are left out; see "refinenet dataset verify ${path}".`;
    onEvent({ type: 'warning', message });
  }
  return length;
}

/** `val`, or the only split there is. */
function defaultSplit({ splits, name }: Dataset): string {
  if (splits.includes('val')) return 'val';
  if (splits.length === 1) return splits[0] as string;
  throw new UsageError(`${name}: there is no split "val". Choose one with --split: ${splits.join(', ')}.`);
}

/** Report and images; gives their paths. */
async function writeResults(
  report: EvaluateResult['report'],
  evaluation: Evaluation,
  worst: WorstImages,
  { output }: EvaluateRequest,
  files: TaskFiles,
): Promise<string[]> {
  const names = evaluation.classes.map(({ name }) => name);
  const sheet = worst.sheet(`The worst images of ${files.nameOf(report.dataset)} · ${evaluation.split} · by mean IoU`);
  const images = [
    { name: 'confusion.png', image: confusionImage(evaluation.matrix, names) },
    ...(sheet ? [{ name: 'worst.png', image: sheet }] : []),
  ];
  const reportFile = files.join(output, 'report.json');
  await files.write(reportFile, new TextEncoder().encode(`${JSON.stringify(report)}\n`));
  for (const { name, image } of images) await files.writeImage(files.join(output, name), image, 'png');
  return [reportFile, ...images.map(({ name }) => files.join(output, name))];
}
