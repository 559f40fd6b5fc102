/** A model in float32 and in a lower precision, measured on the same labelled images. */
import { basename } from 'node:path';
import type { Dataset } from '../../../data/dataset.ts';
import { evaluate } from '../../../evaluation/evaluate.ts';
import { compareClasses, segmenterPredictions } from '../../../evaluation/segmenter-predictions.ts';
import { createPredictor } from '../../../inference/predictor.ts';
import type { Precision } from '../../../inference/precision.ts';
import type { Model } from '../../../models/model.ts';
import { decodeDatasetImage } from '../../../platform/node/dataset-files.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { fail, progress, table, warn } from '../../output.ts';

/** Shares in [0, 1]; null where nothing was scored. */
export interface PrecisionScore {
  readonly precision: Precision;
  readonly meanIoU: number | null;
  readonly pixelAccuracy: number | null;
}

export interface Comparison {
  readonly dataset: string;
  readonly split: string;
  readonly images: number;
  readonly scores: readonly PrecisionScore[];
}

/** Measures a model in float32 and in another precision; images that fail are told and left out of both. */
export async function comparePrecisions(
  model: Model,
  backend: Backend,
  precision: Precision,
  { dataset, split }: { readonly dataset: Dataset; readonly split: string },
): Promise<Comparison> {
  const difference = compareClasses(model, dataset.classes, 'The model');
  if (difference !== undefined) warn(difference);
  const scores: PrecisionScore[] = [];
  let images = 0;
  for (const each of ['float32', precision] as const) {
    const predictor = await createPredictor(model, backend, { precision: each });
    const bar = progress(dataset.samples(split).length, `images in ${each}`);
    try {
      const { metrics, images: scored } = await evaluate(dataset, segmenterPredictions(predictor), {
        split,
        decodeImage: decodeDatasetImage,
        onImage: ({ score }) => bar.step(basename(score.name)),
        onFailure({ name, message }) {
          bar.interrupt(() => fail(message));
          bar.step(basename(name));
        },
      });
      images = scored.length;
      scores.push({ precision: each, meanIoU: metrics.meanIoU, pixelAccuracy: metrics.pixelAccuracy });
    } finally {
      bar.stop();
      await predictor.dispose();
    }
  }
  return { dataset: dataset.name, split, images, scores };
}

/** As a table, in percent. */
export function describeComparison({ dataset, split, images, scores }: Comparison): string {
  const share = (value: number | null): string => (value === null ? '-' : (100 * value).toFixed(2));
  const rows = scores.map(({ precision, meanIoU, pixelAccuracy }) => [precision, share(meanIoU), share(pixelAccuracy)]);
  const title = `On ${dataset}, ${split}, ${images} ${images === 1 ? 'image' : 'images'}, in percent:`;
  return `${title}\n${table([['', 'mIoU', 'pixel accuracy'], ...rows], [1, 2])}`;
}
