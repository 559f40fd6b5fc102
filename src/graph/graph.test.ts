import { describe, expect, test } from 'vitest';
import { ShapeError, UsageError, WeightsError } from '../errors.ts';
import { float32 } from '../tensor/tensor.ts';
import { conv } from './ops/conv.ts';
import { add, mul, relu } from './ops/elementwise.ts';
import { batchNormalization } from './ops/normalization.ts';
import { resize, sizeOf } from './ops/resize.ts';
import { cast, concat, slice } from './ops/structure.ts';
import { toOnnx } from './to-onnx.ts';
import { constant, input, parameter, type Value } from './value.ts';
import { reach } from './walk.ts';

const fixed = { kind: 'constant', value: 0 } as const;
const image = input('x', 'float32', [1, 3, 128, 128]);
const weight = (name: string, shape: readonly number[]): Value => parameter(name, shape, fixed);

describe('a graph that does not fit', () => {
  const cases: readonly [string, () => unknown, string][] = [
    [
      'channels of a convolution',
      () => conv(image, weight('layer1.0.conv1.weight', [64, 64, 1, 1]), null),
      'layer1.0.conv1: x has 3 channels but the weight takes 64 (x: [1, 3, 128, 128], weight: [64, 64, 1, 1]).',
    ],
    [
      'a bias',
      () => conv(image, weight('head.weight', [8, 3, 1, 1]), weight('head.bias', [7])),
      'head: the bias must have shape [8], got [7].',
    ],
    [
      'a window that is larger than the image',
      () => conv(input('x', 'float32', [1, 3, 4, 9]), weight('stem.weight', [8, 3, 7, 7]), null),
      'stem: a window of 7 does not fit height 4 with 0 of padding.',
    ],
    [
      'summands',
      () => add(image, input('y', 'float32', [1, 3, 64, 128]), 'refinenet4.fusion'),
      'refinenet4.fusion: [1, 3, 128, 128] and [1, 3, 64, 128] do not broadcast: 128 against 64.',
    ],
    [
      'statistics',
      () =>
        batchNormalization(
          image,
          [weight('bn1.weight', [3]), weight('bn1.bias', [3]), weight('bn1.running_mean', [4]), weight('v', [3])],
          1e-5,
        ),
      'bn1: running_mean must have shape [3], got [4] (x: [1, 3, 128, 128]).',
    ],
    [
      'concatenated types',
      () => concat([image, input('y', 'int64', [1, 3, 128, 128])], 1, 'join'),
      'join: float32 [1, 3, 128, 128] and int64 [1, 3, 128, 128] cannot be concatenated along axis 1.',
    ],
    ['a slice', () => slice(image, 1, 2, 4, 'cut'), 'cut: 2..4 is not a part of axis 1 of [1, 3, 128, 128].'],
  ];

  test.each(cases)('is refused when it is built, with the scope and both shapes: %s', (_, build, message) => {
    expect(build).toThrow(new ShapeError(message));
  });

  test('is refused when two parameters share a name but not a shape', () => {
    const y = add(relu(weight('w', [3])), relu(weight('w', [1])));
    expect(() => reach([y])).toThrow('w: used as float32 [3] and as float32 [1]. Give one of them another name.');
  });

  test('is refused when two inputs share a name but not a type', () => {
    const y = [relu(input('x', 'float32', [3])), cast(input('x', 'int64', [3]), 'float32')];
    expect(() => reach(y)).toThrow(
      new ShapeError('x: used as float32 [3] and as int64 [3]. Give one of them another name.'),
    );
  });
});

describe('a graph', () => {
  test('is what its outputs reach', () => {
    const kept = relu(image);
    relu(conv(image, weight('unused.weight', [8, 3, 1, 1]), null));
    const { nodes, parameters, inputs } = reach([kept]);
    expect(nodes.map(({ op }) => op.name)).toEqual(['Relu']);
    expect([...parameters.keys()]).toEqual([]);
    expect([...inputs.keys()]).toEqual(['x']);
  });

  test('of ten thousand nodes in a row is walked without exhausting the stack', () => {
    let y: Value = image;
    for (let count = 0; count < 10_000; count++) y = relu(y);
    expect(reach([y]).nodes).toHaveLength(10_000);
  });

  test('orders every node after those it takes inputs from', () => {
    const a = relu(image);
    const b = relu(a);
    const { nodes } = reach([add(b, a)]);
    expect(nodes.map(({ op }) => op.name)).toEqual(['Relu', 'Relu', 'Add']);
  });

  test('takes the larger size from a value whose height and width are open', () => {
    const small = input('small', 'float32', ['n', 8, 'h', 'w']);
    const large = input('large', 'float32', ['n', 8, 'H', 'W']);
    expect(resize(small, sizeOf(large), 'align_corners').shape).toEqual(['n', 8, 'H', 'W']);
  });

  test('needs no resizing where sizes are known to be equal', () => {
    expect(resize(image, sizeOf(image), 'half_pixel')).toBe(image);
  });
});

describe('an ONNX model', () => {
  const y = conv(image, weight('a.weight', [8, 3, 1, 1]), weight('a.bias', [8]));

  test('names every weight that is missing or misshapen in one message', () => {
    const weights = new Map([['a.bias', float32([9], new Float32Array(9))]]);
    expect(() => toOnnx({ y }, weights, { storage: 'inline' })).toThrow(
      new WeightsError(
        [
          'The weights: 2 tensors do not fit the network.',
          'Missing, 1:',
          '  a.weight [8, 3, 1, 1]',
          'Of another shape (found -> expected), 1:',
          '  a.bias [9] -> [8]',
          'Check that the weights and the network belong together.',
        ].join('\n'),
      ),
    );
  });

  test('gives an output that is an input, or is asked for twice, a name of its own', () => {
    const r = relu(image);
    const { graph } = toOnnx({ first: r, second: r, same: image }, new Map(), { storage: 'inline' });
    expect(graph.outputs.map(({ name }) => name)).toEqual(['first', 'second', 'same']);
    expect(graph.nodes.map(({ opType, inputs, outputs }) => [opType, ...inputs, ...outputs])).toEqual([
      ['Relu', 'x', 'first'],
      ['Identity', 'first', 'second'],
      ['Identity', 'x', 'same'],
    ]);
  });

  const asInputs = { storage: 'inline', parameters: 'inputs' } as const;

  test('is refused where an output has the name of an input or a parameter', () => {
    const w = weight('w', [3, 1, 1]);
    for (const outputs of [{ x: relu(image) }, { x: image }, { x: mul(image, w), y: image }]) {
      expect(() => toOnnx(outputs, new Map([['w', float32([3, 1, 1], [1, 2, 3])]]), { storage: 'inline' })).toThrow(
        new UsageError('x: the name of an input and of an output. Give one of them another name.'),
      );
    }
    for (const outputs of [{ w: mul(image, w) }, { w }]) {
      expect(() => toOnnx(outputs, new Map(), asInputs)).toThrow(
        new UsageError('w: the name of a parameter and of an output. Give one of them another name.'),
      );
    }
    expect(() => toOnnx({ y: mul(image, weight('x', [3, 1, 1])) }, new Map(), asInputs)).toThrow(
      new UsageError('x: the name of an input and of a parameter. Give one of them another name.'),
    );
  });

  test('names no result as an input or a parameter', () => {
    const y = mul(relu(relu(input('Relu', 'float32', [3]))), weight('Mul', [3]));
    const { graph } = toOnnx({ y: add(y, constant(float32([], [1]))) }, new Map(), asInputs);
    const names = [...graph.inputs, ...graph.initializers].map(({ name }) => name);
    const results = graph.nodes.flatMap(({ outputs }) => outputs);
    expect(new Set([...names, ...results]).size).toBe(names.length + results.length);
  });

  test('never names two values alike', () => {
    const twice = add(relu(image, 'scope'), relu(image, 'scope'), 'scope');
    const { graph } = toOnnx({ y: add(twice, constant(float32([], [1]))) }, new Map(), { storage: 'inline' });
    const names = graph.nodes.flatMap(({ outputs }) => outputs);
    expect(new Set(names).size).toBe(names.length);
  });
});
