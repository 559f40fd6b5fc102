/** The second half of `demo`: a small network learns to tell shapes apart that are drawn here. */
import { join, resolve } from 'node:path';
import { writeShapesDataset } from '../../../data/drawn/shapes-dataset.ts';
import type { Dataset } from '../../../data/dataset.ts';
import { type EvaluatedImage, evaluate } from '../../../evaluation/evaluate.ts';
import { segmenterPredictions } from '../../../evaluation/segmenter-predictions.ts';
import { IMAGENET_PREPROCESSING } from '../../../image/preprocess.ts';
import { Segmenter } from '../../../inference/segmenter.ts';
import type { Model } from '../../../models/model.ts';
import { networkParameters } from '../../../models/network.ts';
import { initialize } from '../../../nn/initialize.ts';
import { decodeDatasetImage, folderSink, openDatasetAt } from '../../../platform/node/dataset-files.ts';
import { writeImage } from '../../../platform/node/encode-image.ts';
import { modelFor, readModelFolder } from '../../../platform/node/model-folder.ts';
import { createRunFolder, folderStorage } from '../../../platform/node/run-folder.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { planTraining } from '../../../training/plan.ts';
import { train } from '../../../training/run/trainer.ts';
import type { StopSignal } from '../../../training/run/validate.ts';
import { demoNetwork, demoRecipe, type DemoScale } from './recipe.ts';
import { demoSheet } from './sheet.ts';
import { note, progress, warn } from '../../output.ts';
import { trainingProgress } from '../train/progress.ts';

export interface ShapesReport {
  /** `interrupted` leaves out what comes after training. */
  readonly status: 'finished' | 'interrupted';
  readonly dataset: string;
  readonly run: string;
  /** The trained model; the run's last checkpoint if it was interrupted. */
  readonly model: string;
  readonly images: DemoScale['images'];
  readonly parameters: number;
  readonly updates: number;
  readonly seconds: number;
  /** The mean IoU on the test images, which are neither trained nor validated on, shares in [0, 1]. */
  readonly meanIoU: { readonly before: number; readonly after: number | null };
  /** The image to look at. */
  readonly sheet: string | null;
}

/** Images on the sheet. */
const SHEET_ROWS = 5;

export interface ShapesOptions {
  readonly folder: string;
  readonly seed: number;
  readonly backend: Backend;
  /** Aborting it ends the training after the update at work. */
  readonly signal: StopSignal;
  readonly scale: DemoScale;
}

/**
 * Draws a data set into shapes/, trains in train/, and writes the sheet training.png; undefined if the signal was aborted before
 * there was anything to train.
 */
export async function trainOnShapes({
  folder,
  seed,
  backend,
  signal,
  scale,
}: ShapesOptions): Promise<ShapesReport | undefined> {
  const path = join(folder, 'shapes');
  await drawDataset(path, seed, scale, signal);
  if (signal.aborted) return undefined;
  const dataset = await openDatasetAt(path);
  const definition = demoNetwork();
  const weights = initialize(networkParameters(definition), seed);
  const model = {
    definition,
    weights,
    classes: dataset.classes,
    preprocessing: { ...IMAGENET_PREPROCESSING, resize: null },
  };
  const before = await score(model, dataset, backend);
  const run = await createRunFolder(join(folder, 'train'));
  const began = performance.now();
  const bar = trainingProgress();
  const data = { model, dataset, decodeImage: decodeDatasetImage };
  const { configuration, warnings } = await planTraining({ ...data, overrides: demoRecipe(scale, seed) });
  for (const warning of warnings) warn(warning);
  const { status, state } = await train({
    ...data,
    backend,
    storage: folderStorage(run),
    configuration,
    signal,
    origin: { dataset: resolve(path) },
    title: 'Shapes',
    callbacks: {
      onStep: (report) => bar.step(report),
      onWarning: (message) => bar.interrupt(() => warn(message)),
    },
  }).finally(() => bar.stop());
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const report: ShapesReport = {
    status,
    dataset: path,
    run,
    model: join(run, state.best ? 'best' : 'last'),
    images: scale.images,
    parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    updates: state.updates,
    seconds,
    meanIoU: { before: before.meanIoU, after: null },
    sheet: null,
  };
  if (status === 'interrupted') return report;
  const after = await score(await modelFor(backend, await readModelFolder(report.model)), dataset, backend);
  const sheet = join(folder, 'training.png');
  await writeImage(sheet, demoSheet(before, after, dataset.classes), 'png');
  return { ...report, meanIoU: { before: before.meanIoU, after: after.meanIoU }, sheet };
}

async function drawDataset(path: string, seed: number, { size, images }: DemoScale, signal: StopSignal): Promise<void> {
  const total = Object.values(images).reduce((sum, count) => sum + count, 0);
  note(`Drawing ${total} images of ${size} x ${size} pixels into ${path}.`);
  const bar = progress(total, 'images');
  try {
    await writeShapesDataset(folderSink(path), {
      seed,
      counts: images,
      size,
      signal,
      onImage: () => bar.step('drawn'),
    });
  } finally {
    bar.stop();
  }
}

/** How good a model is on the test split, and its first images for the sheet. */
export interface ScoredShapes {
  readonly meanIoU: number;
  readonly shown: readonly EvaluatedImage[];
}

async function score(model: Model, dataset: Dataset, backend: Backend): Promise<ScoredShapes> {
  const segmenter = await Segmenter.create(model, backend);
  const shown: EvaluatedImage[] = [];
  try {
    const { metrics } = await evaluate(dataset, segmenterPredictions(segmenter), {
      split: 'test',
      decodeImage: decodeDatasetImage,
      onImage: (image) => {
        if (shown.length < SHEET_ROWS) shown.push(image);
      },
    });
    return { meanIoU: metrics.meanIoU ?? 0, shown };
  } finally {
    await segmenter.dispose();
  }
}
