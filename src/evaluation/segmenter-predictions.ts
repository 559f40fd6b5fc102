/** Predictions by a model, or whatever else segments images. */
import type { LabelClass } from '../labels/label-class.ts';
import type { Sample } from '../data/sample.ts';
import { UsageError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import type { Segmentation } from '../inference/segmentation/segmentation.ts';
import type { ModelDescription } from '../models/model.ts';
import { firstOf } from '../text.ts';
import type { Predict } from './evaluate.ts';

/** What evaluation asks of a segmenter. */
export interface ImageSegmenter {
  readonly description: Pick<ModelDescription, 'classes'>;
  segment(image: Image): Promise<Segmentation>;
}

/**
 * The predictions of a segmenter for `evaluate`. `onSegmentation` gets each one before it is scored, such as to save it.
 */
export function segmenterPredictions(
  segmenter: ImageSegmenter,
  onSegmentation?: (sample: Sample, segmentation: Segmentation) => Promise<void>,
): Predict {
  return async (sample, { image }) => {
    const segmentation = await segmenter.segment(image);
    await onSegmentation?.(sample, segmentation);
    return segmentation.labels;
  };
}

/**
 * Compares a model's classes with those of a data set.
 * @returns what differs in their names, as a sentence; undefined if nothing does.
 * @throws UsageError if they are not as many.
 */
export function compareClasses(
  { classes }: Pick<ModelDescription, 'classes'>,
  wanted: readonly LabelClass[],
  subject: string,
): string | undefined {
  const list = (names: readonly { readonly name: string }[]) =>
    names
      .slice(0, 12)
      .map(({ name }) => name)
      .join(', ') + (names.length > 12 ? ', ...' : '');
  if (classes.length !== wanted.length) {
    throw new UsageError(
      `${subject} has ${classes.length} classes (${list(classes)}), but the data set has ${wanted.length} (${list(wanted)}). ` +
        'Evaluate a model on data with its own classes.',
    );
  }
  const differing = classes.flatMap(({ name }, id) => {
    const other = (wanted[id] as LabelClass).name;
    return name.trim().toLowerCase() === other.trim().toLowerCase() ? [] : [`${id} is "${name}" and "${other}"`];
  });
  if (differing.length === 0) return undefined;
  return `${subject} and the data set name classes differently: ${firstOf(differing, 5)}. Classes are compared by their number.`;
}
