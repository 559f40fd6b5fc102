/** A model in float32 and in a lower precision, measured on the same labeled images. */
import type { Dataset } from '../../data/dataset.ts';
import { evaluate } from '../../evaluation/evaluate.ts';
import { compareClasses, segmenterPredictions } from '../../evaluation/segmenter-predictions.ts';
import { createPredictor } from '../../inference/predictor.ts';
import type { Precision } from '../../inference/precision.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import type { Model } from '../../models/model.ts';
import type { WorkContext } from '../task.ts';
import type { ExportEvent } from './events.ts';
import type { Engine } from './formats.ts';

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
  engine: Engine,
  precision: Precision,
  { dataset, split }: { readonly dataset: Dataset; readonly split: string },
  { files, onEvent, signal }: WorkContext<ExportEvent>,
): Promise<Comparison> {
  const { backend, loaded } = await engine(model);
  const difference = compareClasses(loaded, dataset.classes, 'The model');
  if (difference !== undefined) onEvent({ type: 'warning', message: difference });
  const total = dataset.samples(split).length;
  const scores: PrecisionScore[] = [];
  let images = 0;
  for (const each of ['float32', precision] as const) {
    let done = 0;
    const tell = (name: string) => onEvent({ type: 'progress', unit: `images in ${each}`, done, total, name });
    const step = (name: string) => {
      done++;
      tell(name);
      throwIfAborted(signal);
    };
    const predictor = await createPredictor(loaded, backend, { precision: each });
    try {
      tell('');
      const { metrics, images: scored } = await evaluate(dataset, segmenterPredictions(predictor), {
        split,
        decodeImage: files.decodeImage,
        onImage: ({ score }) => step(score.name),
        onFailure({ name, message }) {
          onEvent({ type: 'failure', name, message });
          step(name);
        },
      });
      images = scored.length;
      scores.push({ precision: each, meanIoU: metrics.meanIoU, pixelAccuracy: metrics.pixelAccuracy });
    } finally {
      await predictor.dispose();
    }
  }
  return { dataset: dataset.name, split, images, scores };
}
