/** Logits and labels at the resolution of the loss, and what the losses share of them. */
import { equal, greater, greaterOrEqual, not, where } from '../../graph/ops/comparison.ts';
import { scalarLike } from '../../graph/ops/constants.ts';
import { add, div, exp, log, mul, stopGradient, sub } from '../../graph/ops/elementwise.ts';
import { gather } from '../../graph/ops/gather.ts';
import { reduceMax, reduceSum } from '../../graph/ops/reduction.ts';
import { resize, sizeOf } from '../../graph/ops/resize.ts';
import { reshape } from '../../graph/ops/shape.ts';
import { cast } from '../../graph/ops/structure.ts';
import { constant, knownShape, type Value } from '../../graph/value.ts';
import { float32, int64, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { LossDefinition } from '../step/types.ts';

const int32 = (shape: readonly number[], data: readonly number[]): Tensor<'int32'> =>
  tensor('int32', shape, Int32Array.from(data));

type Extents = readonly [number, number, number, number];

/** Where a label is ignored, this takes its place: it fits no class, and as an index it means the last. */
const NO_CLASS = -1;

/** Classes are axis 1 of everything; values of the pixels alone have extent 1 there. */
export interface Pixels {
  readonly classes: number;
  /** Logits at the resolution of the loss, float32 [N, K, H, W]. */
  readonly logits: Value;
  /** Those of the teacher, brought to the same resolution; undefined where there is none. */
  readonly teacher: Value | undefined;
  /** 1 where the label is the class, float32 [N, K, H, W]; ignored pixels have none. */
  readonly isClass: Value;
  /** 1 where the label is not ignored, float32 [N, 1, H, W]. */
  readonly isScored: Value;
  /** Each pixel's class weight, 0 where it is ignored, float32 [N, 1, H, W]. */
  readonly weight: Value;
  /** The sum of all weights, shape []. */
  readonly weightSum: Value;
  /** The same as a divisor: 1 if it is 0. */
  readonly totalWeight: Value;
  /** One weight a class. */
  readonly classWeights: readonly number[];
  /** Softmax of the logits, float32 [N, K, H, W]. */
  readonly probabilities: Value;
  /** The logarithm of the label's probability, float32 [N, 1, H, W]; meaningless where it is ignored. */
  readonly logProbability: Value;
  /** Pixels that are not ignored, and those of them whose label has the largest logit; float32 []. */
  readonly scored: Value;
  readonly correct: Value;
}

/**
 * @param logits float32 [N, K, h, w].
 * @param labels uint8 [N, H, W].
 * @param teacher a teacher's logits, float32 [N, K, any, any].
 */
export function pixels(
  logits: Value,
  labels: Value,
  { resolution, ignoreIndex, classWeights }: Omit<LossDefinition, 'terms'>,
  teacher?: Value,
): Pixels {
  const [, classes, ...size] = knownShape(logits) as Extents;
  const sampled = resolution === 'sample-labels' ? sampleNearest(labels, size as [number, number]) : labels;
  const target = plane(sampled);
  const coordinates = resolution === 'upsample-align-corners' ? 'align_corners' : 'half_pixel';
  const x = resize(logits, sizeOf(target), coordinates);

  const ignored = equal(target, constant(tensor('uint8', [], Uint8Array.of(ignoreIndex))));
  const label = where(ignored, constant(int32([], [NO_CLASS])), cast(target, 'int32'));
  const classIds = constant(int32([1, classes, 1, 1], [...Array(classes).keys()]));
  const isClass = cast(equal(label, classIds), 'float32');

  const shifted = sub(x, stopGradient(reduceMax(x, 1)));
  const exponentials = exp(shifted);
  const sum = reduceSum(exponentials, 1);
  const ofLabel = reduceSum(mul(isClass, shifted), 1);

  const weights = classWeights ?? Array(classes).fill(1);
  const weight = gather(constant(float32([classes + 1], [...weights, 0])), label, 0);
  const total = reduceAll(weight);
  const isScored = cast(not(ignored), 'float32');
  // The largest shifted logit is 0.
  const isRight = mul(isScored, cast(greaterOrEqual(ofLabel, scalarLike(ofLabel, 0)), 'float32'));
  return {
    classes,
    logits: x,
    teacher: teacher && resize(teacher, sizeOf(target), coordinates),
    isClass,
    isScored,
    weight,
    weightSum: total,
    totalWeight: add(total, cast(not(greater(total, scalarLike(total, 0))), 'float32')),
    classWeights: weights,
    probabilities: div(exponentials, sum),
    logProbability: sub(ofLabel, log(sum)),
    scored: reduceAll(isScored),
    correct: reduceAll(isRight),
  };
}

/** The sum over everything, shape []. */
export const reduceAll = (x: Value): Value => reduceSum(x, [...x.shape.keys()], undefined, false);

/** Labels [N, H, W] at height x width: the one whose cell holds the center of each new cell, as MATLAB's imresize. */
function sampleNearest(labels: Value, [height, width]: readonly [number, number]): Value {
  const [, fromHeight, fromWidth] = knownShape(labels) as [number, number, number];
  const positions = (from: number, to: number): Value =>
    constant(
      int64(
        [to],
        Array.from({ length: to }, (_, index) => Math.floor(((index + 0.5) * from) / to)),
      ),
    );
  return gather(gather(labels, positions(fromHeight, height), 1), positions(fromWidth, width), 2);
}

/** [N, H, W] with an axis for classes. */
function plane(labels: Value): Value {
  const [batch, height, width] = knownShape(labels) as [number, number, number];
  return reshape(labels, [batch, 1, height, width]);
}
