/**
 * What a network's logits say of every pixel of an image: enlarged, compared and made probabilities block by block, so that enlarged
 * logits take no memory (12 million pixels in 21 classes would be a gigabyte).
 */
import { labelIds } from '../../image/label-map.ts';
import type { ImageSize } from '../../image/preprocess.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkFiniteScores } from '../finite-scores.ts';
import { BlockReader, type ReadScores } from './block-reader.ts';
import { linearRuns, type Run } from './linear-runs.ts';

/** What is read beside the labels. */
export interface ReadingOptions {
  readonly confidence?: boolean | undefined;
  readonly entropy?: boolean | undefined;
  readonly probabilities?: boolean | undefined;
}

/** Numbers that are read in a step, some 10 to 50 milliseconds. */
const STEP = 2 ** 23;

/** The longest side of a block, in pixels, so that what is held of one stays small. */
const LONGEST = 128;

/**
 * Reads logits float32 [1, K, h, w] at the size of an image, enlarged bilinearly with half-pixel centers (PyTorch's
 * `interpolate(mode='bilinear', align_corners=False)`), as light-weight-refinenet's second version and transformers do; in float64.
 * @throws RuntimeError if a logit is not finite.
 */
export function readScores(logits: Tensor<'float32'>, size: ImageSize, wanted: ReadingOptions = {}): ReadScores {
  const steps = readScoresInSteps(logits, size, wanted);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps, between which a thread may do something else. */
export function* readScoresInSteps(
  { shape, data }: Tensor<'float32'>,
  { width, height }: ImageSize,
  wanted: ReadingOptions = {},
): Generator<undefined, ReadScores, undefined> {
  const [, classes, rows, columns] = shape as readonly [number, number, number, number];
  const pixels = width * height;
  const results: ReadScores = {
    labels: labelIds(classes, pixels),
    ...(wanted.confidence && { confidence: new Float32Array(pixels) }),
    ...(wanted.entropy && { entropy: new Float32Array(pixels) }),
    ...(wanted.probabilities && { probabilities: new Float32Array(classes * pixels) }),
  };
  const places = { scores: classesLast(data, classes, rows * columns), classes, columns };
  const linesAtOnce = Math.max(1, Math.floor(STEP / (classes * width)));
  const down = linearRuns(rows, height, Math.min(LONGEST, linesAtOnce));
  const across = linearRuns(columns, width, LONGEST);
  const reader = new BlockReader(places, width, longest(down) * longest(across), results);
  let lines = 0;
  for (const run of down) {
    lines += run.end - run.start;
    if (lines > linesAtOnce) {
      yield undefined;
      lines = run.end - run.start;
    }
    for (const other of across) reader.read({ down: run, across: other });
  }
  return results;
}

/**
 * Numbers [classes, places] as [places, classes]: those of a place beside each other.
 * @throws RuntimeError if one is not finite.
 */
function classesLast(data: Float32Array, classes: number, places: number): Float32Array {
  const turned = new Float32Array(classes * places);
  let sum = 0;
  for (let id = 0; id < classes; id++) {
    for (let place = 0; place < places; place++) {
      const score = data[id * places + place] as number;
      turned[place * classes + id] = score;
      sum += score;
    }
  }
  checkFiniteScores(sum);
  return turned;
}

const longest = (runs: readonly Run[]): number => runs.reduce((most, { start, end }) => Math.max(most, end - start), 0);
