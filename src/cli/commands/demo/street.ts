/** The first half of `demo`: the model of streets segments a street that is drawn here. */
import { join } from 'node:path';
import { drawStreet } from '../../../data/drawn/street/street-scene.ts';
import { ConfusionMatrix } from '../../../evaluation/confusion.ts';
import { metricsOf } from '../../../evaluation/metrics.ts';
import { encodeLabelPng } from '../../../image/png.ts';
import { Segmenter } from '../../../inference/segmenter.ts';
import { writeImage } from '../../../platform/node/encode-image.ts';
import { writeFileAtomically } from '../../../platform/node/files.ts';
import { modelFor, readModelFolder } from '../../../platform/node/model-folder.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { nodeTaskFiles } from '../../../platform/node/task-files.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { modelFolder } from '../../../platform/node/model-location.ts';
import { type ImageReport, writePrediction } from '../../../tasks/predict/prediction-files.ts';

/** What was found, as `predict` reports it, and how well it agrees with what was drawn. */
export interface StreetReport extends ImageReport {
  /** The drawing's own mask. */
  readonly truth: string;
  /** The share of pixels whose class is the drawn one. */
  readonly agreement: number;
  /** The classes that are drawn or found, most drawn first; shares of the image and IoU in [0, 1]. */
  readonly comparison: readonly {
    readonly label: string;
    readonly drawn: number;
    readonly found: number;
    readonly iou: number;
  }[];
}

const NAME = 'street';
const OPACITY = 0.5;

/** Writes street.png, street.truth.png and, in predict/, what the command `predict street.png` would. */
export async function segmentStreet(folder: string, seed: number, backend: Backend): Promise<StreetReport> {
  const path = await modelFolder('street-scenes');
  const model = await modelFor(backend, await readModelFolder(path));
  const { image, labels } = drawStreet(seed);
  const file = join(folder, `${NAME}.png`);
  const truth = join(folder, `${NAME}.truth.png`);
  await writeImage(file, image, 'png');
  await writeFileAtomically(
    truth,
    encodeLabelPng(
      labels,
      model.classes.map(({ color }) => color),
    ),
  );
  const segmenter = await Segmenter.create(model, backend, { confidence: true });
  try {
    const segmentation = await segmenter.segment(image);
    const report = await writePrediction(
      { path: file, name: NAME },
      segmentation,
      {
        output: join(folder, 'predict'),
        opacity: OPACITY,
        model: path,
        provider: segmenter.provider,
        classes: model.classes,
        probabilities: false,
        logits: false,
        formats: [],
        context: {},
      },
      nodeTaskFiles,
    );
    const matrix = new ConfusionMatrix(model.classes.length);
    matrix.add(labels.data, segmentation.labels.data);
    const comparison = metricsOf(matrix).classes.map(({ pixels, predicted, iou }, id) => ({
      label: (model.classes[id] as LabelClass).name,
      drawn: pixels / matrix.total,
      found: predicted / matrix.total,
      iou: iou ?? 0,
    }));
    return {
      ...report,
      truth,
      agreement: matrix.pixelAccuracy(),
      comparison: comparison
        .filter(({ drawn, found }) => drawn + found > 0)
        .sort((a, b) => b.drawn - a.drawn || b.found - a.found),
    };
  } finally {
    await segmenter.dispose();
  }
}
