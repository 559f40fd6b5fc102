/** A row or more for every operator that has a gradient rule. Adding a rule is adding a row. */

import { greater, Where, where } from '../../src/graph/ops/comparison.ts';
import { Conv, conv } from '../../src/graph/ops/conv.ts';
import { CumSum, cumulativeSum } from '../../src/graph/ops/cumulative-sum.ts';
import * as e from '../../src/graph/ops/elementwise.ts';
import * as g from '../../src/graph/ops/gather.ts';
import { MatMul, matMul } from '../../src/graph/ops/matmul.ts';
import {
  BatchNormalization,
  batchNormalization,
  trainingBatchNormalization,
} from '../../src/graph/ops/normalization.ts';
import { Pad, pad } from '../../src/graph/ops/pad.ts';
import { MaxPool, maxPool } from '../../src/graph/ops/pool.ts';
import * as r from '../../src/graph/ops/reduction.ts';
import { Resize, type ResizeAttributes, resize } from '../../src/graph/ops/resize.ts';
import * as s from '../../src/graph/ops/shape.ts';
import { logSoftmax, Softmax, softmax } from '../../src/graph/ops/softmax.ts';
import * as t from '../../src/graph/ops/structure.ts';
import { ReduceSumSquare, sumOfSquares } from '../../src/graph/ops/sum-of-squares.ts';
import { applyOne, constant, type Op, type Value } from '../../src/graph/value.ts';
import { float32, int64 } from '../../src/tensor/tensor.ts';
import type { Draw, GradientCase } from './check.ts';

export interface OperatorCase extends GradientCase {
  readonly op: Op<never>;
  /** The operators that the WebGPU provider leaves to the CPU. */
  readonly leftByWebgpu?: readonly string[];
}

type Extras = Partial<Pick<OperatorCase, 'linear' | 'leftByWebgpu'>>;

const of = (shape: readonly number[], draw: Draw = 'normal') => ({ shape, draw });

const row = (
  op: unknown,
  title: string,
  inputs: OperatorCase['inputs'],
  build: OperatorCase['build'],
  extras: Extras = {},
): OperatorCase => ({ op: op as Op<never>, title: `${(op as Op).name}: ${title}`, inputs, build, ...extras });

const linear: Extras = { linear: true };

/** Convolution by its extents; the title says what is special. */
const convolution = (
  title: string,
  x: readonly number[],
  weight: readonly number[],
  attributes: Parameters<typeof conv>[3] = {},
  bias = false,
): OperatorCase =>
  row(Conv, title, [of(x), of(weight), ...(bias ? [of([weight[0] as number])] : [])], (input, kernel, added) =>
    conv(input as Value, kernel as Value, added ?? null, attributes),
  );

const resizing = (
  mode: ResizeAttributes['mode'],
  coordinates: ResizeAttributes['coordinates'],
  size: readonly [number, number],
) =>
  row(
    Resize,
    `${mode}, ${coordinates}, to ${size.join('x')}`,
    [of([1, 2, 5, 4])],
    (x) => resize(x as Value, { size: constant(int64([2], size)), names: size }, coordinates, mode),
    linear,
  );

const unary = (op: Op<null>, draw: Draw = 'normal', extras: Extras = {}): OperatorCase =>
  row(op, 'of one value', [of([2, 3, 4], draw)], (x) => applyOne(op, [x as Value], null), extras);

/** Both broadcast: one lacks an axis, the other is stretched along one. */
const binary = (op: Op<null>, draws: readonly [Draw, Draw], extras: Extras = {}): OperatorCase =>
  row(
    op,
    'broadcasting both ways',
    [of([2, 1, 4], draws[0]), of([3, 1], draws[1])],
    (a, b) => applyOne(op, [a as Value, b as Value], null),
    extras,
  );

const positions = (shape: readonly number[], numbers: readonly number[]) => constant(int64(shape, numbers));

export const CASES: readonly OperatorCase[] = [
  binary(e.Add, ['normal', 'normal'], linear),
  binary(e.Sub, ['normal', 'normal'], linear),
  binary(e.Mul, ['normal', 'normal']),
  binary(e.Div, ['normal', 'positive']),
  row(e.Max, 'of two values', [of([3, 4], 'separated'), of([4], 'separated')], (a, b) =>
    e.max(a as Value, e.add(b as Value, constant(float32([], [0.025])))),
  ),
  row(e.Min, 'of two values', [of([3, 4], 'separated'), of([4], 'separated')], (a, b) =>
    e.min(a as Value, e.add(b as Value, constant(float32([], [0.025])))),
  ),
  unary(e.Relu, 'separated'),
  unary(e.Exp),
  unary(e.Log, 'positive'),
  unary(e.Reciprocal, 'positive'),
  unary(e.Sqrt, 'positive'),
  unary(e.Neg, 'normal', linear),
  unary(e.Abs, 'separated'),
  unary(e.Identity, 'normal', linear),
  row(e.Pow, 'by a fixed exponent', [of([2, 3], 'positive')], (x) => e.pow(x as Value, 2.5)),
  row(e.Clip, 'between bounds', [of([4, 5], 'separated')], (x) => e.clip(x as Value, -0.2, 0.3)),
  row(Where, 'by a comparison', [of([3, 4], 'separated'), of([4]), of([3, 1])], (x, a, b) =>
    where(greater(x as Value, constant(float32([], [0]))), e.mul(x as Value, a as Value), b as Value),
  ),

  convolution('1x1 on a batch', [2, 3, 4, 5], [4, 3, 1, 1]),
  convolution('3x3 with padding and bias', [2, 3, 5, 6], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }, true),
  convolution('3x3 without padding', [1, 3, 5, 6], [2, 3, 3, 3]),
  convolution('1x1 with stride 2 and odd extents', [2, 3, 5, 7], [4, 3, 1, 1], { stride: [2, 2] }),
  convolution('1x1 with stride 2 and even extents', [2, 3, 4, 6], [4, 3, 1, 1], { stride: [2, 2] }),
  convolution('3x3 with stride 2 and odd extents', [2, 3, 5, 7], [4, 3, 3, 3], { stride: [2, 2], pads: [1, 1, 1, 1] }),
  convolution('3x3 with stride 2 and even extents', [1, 3, 6, 8], [4, 3, 3, 3], { stride: [2, 2], pads: [1, 1, 1, 1] }),
  convolution('7x7 with stride 2', [1, 3, 9, 12], [2, 3, 7, 7], { stride: [2, 2], pads: [3, 3, 3, 3] }),
  convolution('3x2 with strides 3 and 1 and uneven padding', [1, 2, 9, 5], [3, 2, 3, 2], {
    stride: [3, 1],
    pads: [0, 1, 2, 0],
  }),
  convolution('3x3 dilated', [2, 2, 7, 8], [3, 2, 3, 3], { dilation: [2, 2], pads: [2, 2, 2, 2] }),
  convolution('3x3 dilated with stride 2', [1, 2, 9, 8], [3, 2, 3, 3], {
    dilation: [2, 2],
    stride: [2, 2],
    pads: [2, 2, 2, 2],
  }),
  convolution('padded beyond its kernel', [1, 2, 4, 5], [3, 2, 1, 3], { pads: [1, 3, 2, 1] }),
  convolution('grouped', [2, 4, 5, 5], [6, 2, 3, 3], { groups: 2, pads: [1, 1, 1, 1] }),
  convolution('grouped with stride 2', [2, 4, 5, 6], [6, 2, 3, 3], { groups: 2, pads: [1, 1, 1, 1], stride: [2, 2] }),
  convolution('with a weight larger than its image', [2, 8, 3, 2], [4, 8, 3, 3], { pads: [1, 1, 1, 1] }),
  convolution('dilated with a weight larger than its image', [1, 8, 3, 3], [4, 8, 3, 3], {
    dilation: [2, 2],
    pads: [2, 1, 2, 3],
  }),
  convolution('grouped with a weight larger than its image', [1, 8, 2, 2], [8, 4, 3, 3], {
    groups: 2,
    pads: [1, 1, 1, 1],
  }),
  convolution('padded beyond a kernel larger than its image', [1, 16, 2, 2], [2, 16, 1, 1], { pads: [0, 1, 1, 0] }),
  convolution('depthwise', [2, 4, 5, 6], [4, 1, 3, 3], { groups: 4, pads: [1, 1, 1, 1] }),
  convolution('depthwise with stride 2', [2, 4, 5, 6], [4, 1, 3, 3], { groups: 4, pads: [1, 1, 1, 1], stride: [2, 2] }),
  convolution('depthwise and dilated', [2, 4, 7, 6], [4, 1, 3, 3], { groups: 4, dilation: [2, 2], pads: [2, 2, 2, 2] }),
  convolution('depthwise, dilated, with stride 2 and uneven padding', [2, 3, 9, 8], [3, 1, 3, 2], {
    groups: 3,
    dilation: [2, 3],
    stride: [2, 2],
    pads: [2, 1, 1, 3],
  }),
  convolution('depthwise, dilated as far as the image', [2, 4, 2, 3], [4, 1, 3, 3], {
    groups: 4,
    dilation: [2, 2],
    pads: [2, 2, 2, 2],
  }),
  convolution('depthwise with two outputs a channel', [2, 3, 5, 6], [6, 1, 3, 3], { groups: 3, pads: [1, 1, 1, 1] }),

  row(MatMul, 'of two matrices', [of([3, 4]), of([4, 5])], (a, b) => matMul(a as Value, b as Value)),
  row(MatMul, 'with a stretched batch', [of([2, 1, 3, 4]), of([3, 4, 5])], (a, b) => matMul(a as Value, b as Value)),

  row(MaxPool, '5x5', [of([1, 2, 7, 6], 'separated')], (x) => maxPool(x as Value, 5, 1, 2)),
  row(MaxPool, '3x3 with stride 2', [of([2, 2, 7, 6], 'separated')], (x) => maxPool(x as Value, 3, 2, 1)),
  row(MaxPool, '2x2 with stride 2 without padding', [of([1, 2, 7, 6], 'separated')], (x) =>
    maxPool(x as Value, 2, 2, 0),
  ),

  row(
    BatchNormalization,
    'with all inputs varying',
    [of([2, 3, 4, 5]), of([3]), of([3]), of([3]), of([3], 'positive')],
    (x, ...rest) => batchNormalization(x as Value, rest as [Value, Value, Value, Value], 1e-5),
  ),
  row(
    BatchNormalization,
    'in training, through the statistics of the batch',
    [of([2, 3, 4, 5]), of([3]), of([3])],
    (x, weight, bias) => {
      const running = constant(float32([3], [0, 0, 0]));
      const options = { epsilon: 1e-5, momentum: 0.1 };
      return trainingBatchNormalization(x as Value, [weight as Value, bias as Value, running, running], options).y;
    },
  ),

  row(r.ReduceSum, 'over two axes that stay', [of([2, 3, 4])], (x) => r.reduceSum(x as Value, [0, 2]), linear),
  row(
    r.ReduceSum,
    'over an axis that goes',
    [of([2, 3, 4])],
    (x) => r.reduceSum(x as Value, 1, undefined, false),
    linear,
  ),
  row(
    r.ReduceMean,
    'over two axes that go',
    [of([2, 3, 4])],
    (x) => r.reduceMean(x as Value, [1, 2], undefined, false),
    linear,
  ),
  row(r.ReduceMean, 'over an axis that stays', [of([2, 3, 4])], (x) => r.reduceMean(x as Value, 0), linear),
  row(r.ReduceMax, 'over two axes that stay', [of([2, 3, 4], 'separated')], (x) => r.reduceMax(x as Value, [0, 2])),
  row(r.ReduceMax, 'over an axis that goes', [of([2, 3, 4], 'separated')], (x) =>
    r.reduceMax(x as Value, 1, undefined, false),
  ),

  row(r.ReduceMin, 'over two axes that stay', [of([2, 3, 4], 'separated')], (x) => r.reduceMin(x as Value, [0, 2])),
  row(ReduceSumSquare, 'of everything', [of([2, 3, 4])], (x) => sumOfSquares(x as Value)),

  row(CumSum, 'forwards', [of([2, 3, 4])], (x) => cumulativeSum(x as Value, 1), linear),
  row(CumSum, 'backwards', [of([2, 3, 4])], (x) => cumulativeSum(x as Value, 2, true), linear),

  row(Softmax, 'along the channels', [of([2, 3, 4])], (x) => softmax(x as Value, 1)),
  row(Softmax, 'its logarithm along the channels', [of([2, 3, 4])], (x) => logSoftmax(x as Value, 1)),
  row(Softmax, 'its logarithm along the last axis', [of([2, 3, 4])], (x) => logSoftmax(x as Value, 2)),

  resizing('linear', 'align_corners', [9, 7]),
  resizing('linear', 'half_pixel', [9, 7]),
  resizing('linear', 'align_corners', [3, 2]),
  resizing('linear', 'half_pixel', [3, 2]),
  resizing('cubic', 'align_corners', [9, 7]),
  resizing('cubic', 'half_pixel', [9, 7]),

  row(t.Cast, 'to float64 and back', [of([2, 3])], (x) => t.cast(t.cast(x as Value, 'float64'), 'float32'), {
    linear: true,
    leftByWebgpu: ['Cast'],
  }),
  row(t.Concat, 'of three values', [of([2, 1, 3]), of([2, 2, 3]), of([2, 4, 3])], (...x) => t.concat(x, 1), linear),
  row(t.Slice, 'of one axis', [of([2, 7, 3])], (x) => t.slice(x as Value, 1, 2, 6), linear),
  row(
    t.Slice,
    'in steps, forwards and backwards',
    [of([2, 7, 8])],
    (x) =>
      t.sliceRanges(x as Value, [
        { axis: 1, start: 1, end: 6, step: 2 },
        { axis: 2, start: 7, end: 1, step: -3 },
      ]),
    linear,
  ),
  row(
    Pad,
    'added here and cut there',
    [of([2, 3, 5])],
    (x) =>
      pad(x as Value, [
        { axis: 1, start: 2, end: 0 },
        { axis: 2, start: -1, end: 3 },
      ]),
    linear,
  ),
  row(s.Reshape, 'to other axes', [of([2, 3, 4])], (x) => s.reshape(x as Value, [4, 6]), linear),
  row(s.Transpose, 'of three axes', [of([2, 3, 4])], (x) => s.transpose(x as Value, [2, 0, 1]), linear),
  row(s.Squeeze, 'of two axes', [of([1, 3, 1, 2])], (x) => s.squeeze(x as Value, [0, 2]), linear),
  row(s.Unsqueeze, 'by two axes', [of([3, 2])], (x) => s.unsqueeze(x as Value, [0, 2]), linear),
  row(s.Expand, 'along two axes', [of([3, 1])], (x) => s.expand(x as Value, [2, 3, 4]), linear),

  row(
    g.Gather,
    'with repeated positions',
    [of([2, 4, 3])],
    (x) => g.gather(x as Value, positions([2, 2], [3, 0, 3, 1]), 1),
    linear,
  ),
  row(
    g.GatherElements,
    'with repeated positions',
    [of([2, 3])],
    (x) => g.gatherElements(x as Value, positions([2, 2], [2, 2, 0, 1]), 1),
    linear,
  ),
  row(
    g.ScatterElements,
    'onto the same element',
    [of([2, 3]), of([2, 2])],
    (x, updates) =>
      applyOne(g.ScatterElements, [x as Value, positions([2, 2], [2, 2, 0, 1]), updates as Value], { axis: 1 }),
    linear,
  ),
  row(g.TopK, 'the largest', [of([3, 5], 'separated')], (x) => g.topK(x as Value, 3, 1)[0]),
  row(g.TopK, 'the smallest', [of([3, 5], 'separated')], (x) => g.topK(x as Value, 5, 1, false)[0]),
];
