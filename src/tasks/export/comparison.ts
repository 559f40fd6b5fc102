/** A model and its export in a lower precision, measured on the same labeled images. */
import type { Dataset } from '../../data/dataset.ts';
import { evaluate } from '../../evaluation/evaluate.ts';
import { compareClasses, segmenterPredictions } from '../../evaluation/segmenter-predictions.ts';
import { createPredictor } from '../../inference/predictor.ts';
import type { Precision } from '../../inference/precision.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import type { WorkContext } from '../task.ts';
import type { ExportEvent } from './events.ts';
import type { Engine } from './formats.ts';
import type { Measured } from './stored-model.ts';

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

/**
 * Measures a model and its export; images that fail are told and left out of both.
 * @param precision what the export's figures are called.
 */
export async function compareOnLabels(
  [own, exported]: readonly [Measured, Measured],
  precision: Precision,
  engine: Engine,
  { dataset, split }: { readonly dataset: Dataset; readonly split: string },
  { files, onEvent, signal }: WorkContext<ExportEvent>,
): Promise<Comparison> {
  const difference = compareClasses(own.model, dataset.classes, 'The model');
  if (difference !== undefined) onEvent({ type: 'warning', message: difference });
  const total = dataset.samples(split).length;
  const scores: PrecisionScore[] = [];
  let images = 0;
  for (const [name, measured] of [['float32', own] as const, [precision, exported] as const]) {
    let done = 0;
    const tell = (image: string) => onEvent({ type: 'progress', unit: `images in ${name}`, done, total, name: image });
    const step = (image: string) => {
      done++;
      tell(image);
      throwIfAborted(signal);
    };
    const { backend, loaded } = await engine(measured.model);
    const predictor = await createPredictor(loaded, backend, { precision: measured.precision });
    try {
      tell('');
      const { metrics, images: scored } = await evaluate(dataset, segmenterPredictions(predictor), {
        split,
        decodeImage: files.decodeImage,
        onImage: ({ score }) => step(score.name),
        onFailure({ name: image, message }) {
          onEvent({ type: 'failure', name: image, message });
          step(image);
        },
      });
      images = scored.length;
      scores.push({ precision: name, meanIoU: metrics.meanIoU, pixelAccuracy: metrics.pixelAccuracy });
    } finally {
      await predictor.dispose();
    }
  }
  return { dataset: dataset.name, split, images, scores };
}
