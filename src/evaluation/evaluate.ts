/** Evaluation: predictions for a split of a data set, compared with its masks. */
import { mapAhead } from '../data/concurrency.ts';
import type { Dataset } from '../data/dataset.ts';
import type { LabelClass } from '../labels/label-class.ts';
import type { DecodeImage } from '../data/file-source.ts';
import { readSample } from '../data/read-sample.ts';
import type { LabeledImage, Sample } from '../data/sample.ts';
import { FormatError, messageOf, RefineNetError, RuntimeError } from '../errors.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { LabelMap } from '../image/label-map.ts';
import type { AbsentRuleName } from './absent-classes.ts';
import { BOUNDARY_TOLERANCE, boundaryScores } from './boundary.ts';
import { ConfusionMatrix } from './confusion.ts';
import { meanOfKnown, type Metrics, metricsOf } from './metrics.ts';

/**
 * Gives the prediction for a sample: class ids at the image's own size, 255 where none is predicted. It is asked for one
 * sample at a time. An error of the library counts as a failure of this image alone.
 */
export type Predict = (sample: Sample, labeled: LabeledImage) => Promise<LabelMap>;

/** One image's figures, shares in [0, 1], by the standard rule for absent classes; null where there is nothing to score. */
export interface ImageScore {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Pixels with a true class. */
  readonly pixels: number;
  readonly meanIoU: number | null;
  readonly pixelAccuracy: number | null;
  readonly boundaryF: number | null;
  /** Each class's IoU in this image. */
  readonly iou: readonly (number | null)[];
}

/** An image that could not be read, predicted or scored, and why. */
export interface ImageFailure {
  readonly name: string;
  readonly message: string;
}

/** An image that was scored, for people to look at. */
export interface EvaluatedImage extends LabeledImage {
  readonly score: ImageScore;
  readonly prediction: LabelMap;
  /** This image's pixels alone. */
  readonly matrix: ConfusionMatrix;
}

/** How well predicted contours follow the true ones: boundary F in [0, 1] (Csurka et al., BMVC 2013). */
export interface BoundaryMetrics {
  /** How far a contour may be off, as a share of the image's diagonal. */
  readonly tolerance: number;
  /** The mean of the classes; null if none has a contour. */
  readonly mean: number | null;
  /** Each class's mean over the images in which it has a contour; null if there are none. */
  readonly classes: readonly (number | null)[];
}

/** What a split's predictions scored; `evaluationReport` makes JSON of it. */
export interface Evaluation {
  readonly split: string;
  readonly classes: readonly LabelClass[];
  readonly absent: AbsentRuleName;
  /** All pixels of all images that were scored. */
  readonly matrix: ConfusionMatrix;
  /** Pixels without a true class. */
  readonly ignoredPixels: number;
  readonly metrics: Metrics;
  readonly boundary: BoundaryMetrics;
  readonly images: readonly ImageScore[];
  /** Images that are in none of the figures. */
  readonly failures: readonly ImageFailure[];
}

/** What is scored, by which rules, and who is told meanwhile. */
export interface EvaluateOptions {
  readonly split: string;
  readonly decodeImage: DecodeImage;
  /** What classes without a true pixel do to means. Default `standard`. */
  readonly absent?: AbsentRuleName;
  /** How far a contour may be off, as a share of the image's diagonal. Default 0.0075. */
  readonly boundaryTolerance?: number;
  readonly onImage?: (image: EvaluatedImage) => void;
  /** Whether contours are compared as well, as they are when left out; without, boundary figures are null and it is faster. */
  readonly boundaries?: boolean;
  /** The error is the one that the failure tells of; what is thrown here ends the evaluation. */
  readonly onFailure?: (failure: ImageFailure, error: RefineNetError) => void;
}

/** Samples at work at once: one is predicted while the one before is scored and the one after is decoded. */
const AHEAD = 3;
/** What a prediction has where no class is predicted. */
const VOID = 255;

/**
 * Scores predictions at the images' own sizes; masks are never resized. Images that cannot be read or predicted are listed
 * and leave the others' figures as they are.
 * @throws UsageError if there is no such split, or the tolerance is out of range; RuntimeError if this machine lacks what reads
 * the masks.
 */
export async function evaluate(dataset: Dataset, predict: Predict, options: EvaluateOptions): Promise<Evaluation> {
  const {
    split,
    absent = 'standard',
    boundaryTolerance = BOUNDARY_TOLERANCE,
    boundaries = true,
    decodeImage,
  } = options;
  const { classes } = dataset;
  const matrix = new ConfusionMatrix(classes.length);
  const contours = classes.map((): (number | null)[] => []);
  const images: ImageScore[] = [];
  const failures: ImageFailure[] = [];
  let ignoredPixels = 0;
  const inTurn = oneAtATime();
  const tolerance = boundaries ? boundaryTolerance : null;
  const work = async (sample: Sample) => {
    let isRead = false;
    try {
      const labeled = await readSample(dataset, sample, decodeImage);
      isRead = true;
      const prediction = await inTurn(() => predict(sample, labeled));
      checkSize(sample, labeled.labels, prediction);
      return { ...labeled, sample, prediction };
    } catch (error) {
      // What this machine lacks to read one, it lacks for all of them.
      if (!isRead && error instanceof RuntimeError) throw error;
      return failureOf(sample, error);
    }
  };
  for await (const result of mapAhead(dataset.samples(split), AHEAD, work)) {
    const scored = 'failure' in result ? result : scoreImage(result, classes.length, tolerance);
    if ('failure' in scored) {
      failures.push(scored.failure);
      options.onFailure?.(scored.failure, scored.error);
      continue;
    }
    const { evaluated, boundary } = scored;
    matrix.merge(evaluated.matrix);
    for (const [id, f] of boundary.entries()) contours[id]?.push(f);
    ignoredPixels += evaluated.labels.data.length - evaluated.score.pixels;
    images.push(evaluated.score);
    options.onImage?.(evaluated);
  }
  const boundary = contours.map(meanOfKnown);
  return {
    split,
    classes,
    absent,
    matrix,
    ignoredPixels,
    metrics: metricsOf(matrix, absent),
    boundary: { tolerance: boundaryTolerance, mean: meanOfKnown(boundary), classes: boundary },
    images,
    failures,
  };
}

function scoreImage(
  { image, labels, prediction, sample }: LabeledImage & { readonly prediction: LabelMap; readonly sample: Sample },
  classes: number,
  tolerance: number | null,
): { readonly evaluated: EvaluatedImage; readonly boundary: readonly (number | null)[] } | Failed {
  const matrix = new ConfusionMatrix(classes);
  try {
    matrix.add(labels.data, prediction.data, VOID);
  } catch (error) {
    return failureOf(sample, error);
  }
  // By the standard rule always: most classes are nowhere in most images.
  const { meanIoU, pixelAccuracy, classes: perClass } = metricsOf(matrix);
  const boundary =
    tolerance === null
      ? perClass.map(() => null)
      : boundaryScores(labels, prediction, classes, tolerance).map((score) => score?.f ?? null);
  const score: ImageScore = {
    name: sample.name,
    width: image.width,
    height: image.height,
    pixels: matrix.total,
    meanIoU,
    pixelAccuracy,
    boundaryF: meanOfKnown(boundary),
    iou: perClass.map(({ iou }) => iou),
  };
  return { evaluated: { image, labels, prediction, matrix, score }, boundary };
}

function checkSize({ name, mask }: Sample, labels: LabelMap, prediction: LabelMap): void {
  if (labels.width === prediction.width && labels.height === prediction.height) return;
  throw new FormatError(
    `${name}: the prediction is ${prediction.width}x${prediction.height}, but the mask ${mask} is ${labels.width}x${labels.height}. ` +
      "Predict at the image's own size; masks are not resized.",
  );
}

interface Failed {
  readonly failure: ImageFailure;
  readonly error: RefineNetError;
}

/** Errors of one image do not end the evaluation: the library's own are kept, defects are thrown. */
function failureOf({ name, image, mask }: Sample, error: unknown): Failed {
  if (!(error instanceof RefineNetError)) throw error;
  const message = messageOf(error);
  const saysWhere = message.startsWith(`${name}:`) || [image, mask, `/${name}.`].some((file) => message.includes(file));
  return { failure: { name, message: saysWhere ? message : `${name}: ${message}` }, error };
}
