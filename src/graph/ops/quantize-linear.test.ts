import { beforeAll, describe, expect, test } from 'vitest';
import { runEach } from '../../../test/support/compare-graphs.ts';
import { int } from '../../onnx/model.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { float32, tensor } from '../../tensor/tensor.ts';
import { toOnnx } from '../to-onnx.ts';
import { constant, input } from '../value.ts';
import { dequantizeLinear, quantizeLinear } from './quantize-linear.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const x = input('x', 'float32', ['batch', 3, 2]);
const numbers = (...list: number[]) => constant(float32([list.length], list));
const scalar = (value: number) => constant(float32([], [value]));
const bytes = (...list: number[]) =>
  constant(tensor('uint8', list.length === 1 ? [] : [list.length], Uint8Array.from(list)));

describe('quantizing', () => {
  test('rounds halves to even, moves by the zero point and stays inside the type', async () => {
    const y = quantizeLinear(x, scalar(0.5), bytes(10));
    expect([y.dtype, y.shape]).toEqual(['uint8', ['batch', 3, 2]]);
    const feed = { x: float32([1, 3, 2], [0, 0.25, 0.75, -1, -100, 1000]) };
    const [result] = await runEach(backend, { y }, new Map(), [feed]);
    expect(Array.from(result?.y?.data as Uint8Array)).toEqual([10, 10, 12, 8, 0, 255]);
  });

  test('has a scale and a zero point for each place of an axis, and back', async () => {
    const [scale, zero] = [numbers(1, 2, 4), bytes(0, 1, 2)];
    const q = quantizeLinear(x, scale, zero, 1);
    const y = dequantizeLinear(q, scale, zero, 1);
    expect([y.dtype, y.shape]).toEqual(['float32', x.shape]);
    const [result] = await runEach(backend, { q, y }, new Map(), [{ x: float32([1, 3, 2], [4, 5, 4, 5, 4, 5]) }]);
    expect(Array.from(result?.q?.data as Uint8Array)).toEqual([4, 5, 3, 3, 3, 3]);
    expect(Array.from(result?.y?.data as Float32Array)).toEqual([4, 5, 4, 4, 4, 4]);
  });

  test('tells the axis only where there is one', () => {
    const q = quantizeLinear(x, numbers(1, 2, 4), bytes(0, 1, 2), 1);
    const { nodes } = toOnnx({ y: dequantizeLinear(q, scalar(2), bytes(0)) }, new Map(), { storage: 'inline' }).graph;
    expect(nodes.map(({ opType, attributes }) => [opType, attributes])).toEqual([
      ['QuantizeLinear', { axis: int(1) }],
      ['DequantizeLinear', {}],
    ]);
  });

  test.each<[string, () => unknown, string]>([
    [
      'scales for another axis',
      () => quantizeLinear(x, numbers(1, 2, 4), bytes(0, 1, 2), 2, 'head'),
      'head: the scale must be one number or as many as axis 2 of [batch, 3, 2], got [3].',
    ],
    [
      'one zero point for several scales',
      () => quantizeLinear(x, numbers(1, 2, 4), bytes(0), 1, 'head'),
      "head: the zero point must have the scale's shape [3], got [].",
    ],
    [
      'a zero point of another type',
      () => quantizeLinear(x, scalar(1), scalar(0), 1, 'head'),
      'head: x is quantized to int8 or uint8, but the zero point is float32 [].',
    ],
    [
      'whole numbers to quantize',
      () => quantizeLinear(input('x', 'int64', [2]), scalar(1), bytes(0), 0, 'head'),
      'head: x is int64 [2], but the scale is float32 []. Both must be of one type.',
    ],
    [
      'real numbers to turn back',
      () => dequantizeLinear(x, scalar(1), bytes(0), 1, 'head'),
      'head: x and the zero point must both be int8, uint8 or int32; x is float32 [batch, 3, 2], the zero point uint8 [].',
    ],
  ])('refuses %s', (_, build, message) => {
    expect(build).toThrow(message);
  });
});
