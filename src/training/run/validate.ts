/** Validation while training: the current weights on whole images of a split. */

import { mapAhead } from '../../data/concurrency.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { DecodeImage } from '../../data/file-source.ts';
import { type LabelledImage, readSample, type Sample } from '../../data/sample.ts';
import { ConfusionMatrix } from '../../evaluation/confusion.ts';
import type { LabelMap } from '../../image/label-map.ts';
import { Segmenter } from '../../inference/segmenter.ts';
import type { ModelDescription } from '../../models/model.ts';
import type { Backend, SessionOptions } from '../../runtime/backend.ts';
import type { Weights } from '../../tensor/weights.ts';

/** A validated image, for people to look at. */
export interface PredictedSample extends LabelledImage {
  readonly name: string;
  readonly prediction: LabelMap;
}

export interface ValidationResult {
  readonly matrix: ConfusionMatrix;
  readonly images: number;
  /** The first images of the split, as many as were asked for. */
  readonly samples: readonly PredictedSample[];
}

export interface ValidateOptions {
  /** How many predictions to keep. */
  readonly keep: number;
  /** Ends the validation without a result. */
  readonly signal?: StopSignal | undefined;
  readonly onImage?: ((done: number, total: number) => void) | undefined;
}

/** The part of an AbortSignal that is looked at. */
export interface StopSignal {
  readonly aborted: boolean;
}

/** Scores weights; undefined if the signal ended it. */
export type Validate = (weights: Weights, options: ValidateOptions) => Promise<ValidationResult | undefined>;

/** Samples decoded ahead of the engine. */
const AHEAD = 2;

/**
 * A validation over a split: each image whole, as `predict` would see it, its prediction at the image's size compared with
 * the mask.
 */
export function splitValidation(
  dataset: Dataset,
  split: string,
  decodeImage: DecodeImage,
  model: ModelDescription,
  backend: Backend,
  session: SessionOptions = {},
): Validate {
  const all = dataset.samples(split);
  return async (weights, { keep, signal, onImage }) => {
    const segmenter = await Segmenter.create({ ...model, weights }, backend, session);
    try {
      const matrix = new ConfusionMatrix(model.definition.classes);
      const samples: PredictedSample[] = [];
      let images = 0;
      const read = async (sample: Sample) => ({
        name: sample.name,
        ...(await readSample(dataset, sample, decodeImage)),
      });
      for await (const sample of mapAhead(all, AHEAD, read)) {
        if (signal?.aborted) return undefined;
        const { labels } = await segmenter.segment(sample.image);
        matrix.add(sample.labels.data, labels.data);
        if (images < keep) samples.push({ ...sample, prediction: labels });
        images++;
        onImage?.(images, all.length);
      }
      return { matrix, images, samples };
    } finally {
      await segmenter.dispose();
    }
  };
}
