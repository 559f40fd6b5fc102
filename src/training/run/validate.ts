/** Validation while training: the current weights on whole images of a split. */
import type { Dataset } from '../../data/dataset.ts';
import type { DecodeImage } from '../../data/file-source.ts';
import type { LabeledImage } from '../../data/sample.ts';
import type { ConfusionMatrix } from '../../evaluation/confusion.ts';
import { evaluate } from '../../evaluation/evaluate.ts';
import { segmenterPredictions } from '../../evaluation/segmenter-predictions.ts';
import type { LabelMap } from '../../image/label-map.ts';
import { Segmenter } from '../../inference/segmenter.ts';
import type { ModelDescription } from '../../models/model.ts';
import type { Backend, SessionOptions } from '../../runtime/backend.ts';
import type { Weights } from '../../tensor/weights.ts';

/** A validated image, for people to look at. */
export interface PredictedSample extends LabeledImage {
  readonly name: string;
  readonly prediction: LabelMap;
}

/** How weights did on the images of a validation. */
export interface ValidationResult {
  /** All scored pixels of all images. */
  readonly matrix: ConfusionMatrix;
  readonly images: number;
  /** The first images of the split, as many as were asked for. */
  readonly samples: readonly PredictedSample[];
}

/** What is kept of a validation for people to look at, who is told of it, and what ends it. */
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

/** Ends an evaluation whose signal was given; no error of the library, so that it is not counted as an image's. */
class Stopped extends Error {}

/**
 * A validation over a split by `evaluate`: each image whole, as `predict` would see it, its prediction at the image's size
 * compared with the mask. An image that cannot be read or segmented ends it with its error.
 *
 * The model is loaded anew for each validation: onnxruntime cannot exchange the weights of a loaded graph, and one that is fed
 * weights as inputs is not folded at loading, so that it is slower for every image and rounds otherwise than `val`.
 */
export function splitValidation(
  dataset: Dataset,
  split: string,
  decodeImage: DecodeImage,
  model: ModelDescription,
  backend: Backend,
  session: SessionOptions = {},
): Validate {
  const total = dataset.samples(split).length;
  return async (weights, { keep, signal, onImage }) => {
    const segmenter = await Segmenter.create({ ...model, weights }, backend, session);
    const predict = segmenterPredictions(segmenter);
    const samples: PredictedSample[] = [];
    let images = 0;
    try {
      const { matrix } = await evaluate(
        dataset,
        (...sample) => {
          if (signal?.aborted) throw new Stopped();
          return predict(...sample);
        },
        {
          split,
          decodeImage,
          boundaries: false,
          onImage({ score, image, labels, prediction }) {
            if (images < keep) samples.push({ name: score.name, image, labels, prediction });
            images++;
            onImage?.(images, total);
          },
          onFailure: (_, error) => {
            throw error;
          },
        },
      );
      return { matrix, images, samples };
    } catch (error) {
      if (error instanceof Stopped) return undefined;
      throw error;
    } finally {
      await segmenter.dispose();
    }
  };
}
