import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { operators } from '../../../test/support/compare-graphs.ts';
import { encodeModel } from '../../onnx/encode.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { randomStream } from '../../tensor/random.ts';
import { elementCount } from '../../tensor/shape.ts';
import { float32, int64, type Tensor } from '../../tensor/tensor.ts';
import { gradient } from './gradient.ts';
import { greater } from '../ops/comparison.ts';
import { conv } from '../ops/conv.ts';
import { add, clip, hardSigmoid, max, mul, Pow, pow, relu, relu6, stopGradient } from '../ops/elementwise.ts';
import { interpolationMatrix } from '../ops/interpolation-matrix.ts';
import { trainingBatchNormalization } from '../ops/normalization.ts';
import { maxPool } from '../ops/pool.ts';
import { argMax, reduceMax, reduceSum } from '../ops/reduction.ts';
import { type CoordinateTransformation, type ResizeAttributes, resize } from '../ops/resize.ts';
import { cast, sliceRanges } from '../ops/structure.ts';
import { decompose } from '../rewrite/decompose.ts';
import { optimizeTraining } from '../rewrite/optimize/training.ts';
import { toOnnx } from '../to-onnx.ts';
import { applyOne, constant, input, type Op, parameter, type Value } from '../value.ts';
import { reach } from '../walk.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

async function run(outputs: Record<string, Value>, feeds: Record<string, Tensor>): Promise<Record<string, number[]>> {
  const model = toOnnx(outputs, new Map(), { storage: 'inline', parameters: 'inputs' });
  const session = await backend.createSession({ bytes: encodeModel(model), weights: new Map() });
  try {
    const results = await session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array, (value) => value + 0)]),
    );
  } finally {
    await session.dispose();
  }
}

const vector = (name: string, length = 3): Value => input(name, 'float32', [length]);
const numbers = (...list: number[]): Tensor => float32([list.length], list);
const total = (x: Value): Value => reduceSum(x, [...x.shape.keys()], undefined, false);

describe('gradient', () => {
  test('adds what reaches a value on several ways', async () => {
    const x = vector('x');
    const [g] = gradient(total(add(mul(x, x), x)), [x]);
    expect(await run({ g: g as Value }, { x: numbers(1, 2, -3) })).toEqual({ g: [3, 5, -5] });
  });

  test('is 0 for a target that the output does not depend on', async () => {
    const [x, z] = [vector('x'), vector('z', 2)];
    const [, g] = gradient(total(x), [x, z]);
    expect(await run({ g: g as Value }, {})).toEqual({ g: [0, 0] });
  });

  test('knows parameters by their names', async () => {
    const weight = () => parameter('weight', [3], { kind: 'constant', value: 0 });
    const [g] = gradient(total(mul(weight(), weight())), [weight()]);
    expect(await run({ g: g as Value }, { weight: numbers(1, 2, 3) })).toEqual({ g: [2, 4, 6] });
  });

  test('can be taken of a value in the middle, with an upstream gradient', async () => {
    const x = vector('x');
    const middle = mul(x, x);
    const [g] = gradient(mul(middle, middle), [middle], vector('upstream'));
    const feeds = { x: numbers(1, 2, 3), upstream: numbers(1, 0, -1) };
    expect(await run({ g: g as Value }, feeds)).toEqual({ g: [2, 0, -18] });
  });

  test.each([
    [0, [0, 0, 0]],
    [1, [1, 1, 1]],
    [2, [-4, 0, 6]],
  ])('of a power is that of PyTorch at 0, too, with the exponent %i', async (exponent, expected) => {
    const x = vector('x');
    const [g] = gradient(total(pow(x, exponent)), [x]);
    expect(await run({ g: g as Value }, { x: numbers(-2, 0, 3) })).toEqual({ g: expected });
  });

  test('of powers by exponents of which some are 0 is that of PyTorch at 0', async () => {
    const x = vector('x');
    for (const exponents of [constant(numbers(0, 1, 2)), vector('exponents')]) {
      const [g] = gradient(total(applyOne(Pow, [x, exponents], null)), [x]);
      const feeds = exponents.source.kind === 'input' ? { exponents: numbers(0, 1, 2) } : {};
      expect(await run({ g: g as Value }, { x: numbers(0, 0, 0), ...feeds })).toEqual({ g: [0, 1, 0] });
    }
  });

  test('of a value with respect to itself is the upstream gradient', () => {
    const [x, upstream] = [vector('x'), vector('upstream')];
    expect(gradient(x, [x], upstream)).toEqual([upstream]);
  });

  test('builds nothing for what is not asked for', () => {
    const x = input('x', 'float32', [1, 2, 5, 5]);
    const weight = parameter('weight', [2, 2, 3, 3], { kind: 'constant', value: 0 });
    const toWeight = gradient(total(conv(x, weight, null)), [weight]);
    expect(reach(toWeight).nodes.map(({ op }) => op.name)).not.toContain('Conv');
  });

  test('does not pass a stopped value, a comparison or a mask', async () => {
    const x = vector('x');
    const mask = cast(greater(x, constant(float32([], [0]))), 'float32');
    const [g] = gradient(total(mul(mul(x, mask), stopGradient(x))), [x]);
    expect(await run({ g: g as Value }, { x: numbers(2, -1, 3) })).toEqual({ g: [2, 0, 3] });
  });

  test('names its nodes after the scope whose gradient they are', () => {
    const x = vector('x');
    const [g] = gradient(total(relu(mul(x, x, 'encoder.square'), 'encoder.relu')), [x]);
    const scopes = new Set(reach([g as Value]).nodes.map(({ scope }) => scope));
    expect(scopes).toContain('gradient/encoder.relu');
    expect(scopes).toContain('gradient/encoder.square');
  });

  test('is as deep as the graph is', () => {
    let y = vector('x');
    const x = y;
    for (let depth = 0; depth < 20_000; depth++) y = relu(y);
    expect(gradient(y, [x], vector('upstream'))).toHaveLength(1);
  });

  describe('at kinks', () => {
    test('is 0 for relu at 0, and at both bounds of clip, as in PyTorch', async () => {
      const x = vector('x', 5);
      const [r] = gradient(total(relu(x)), [x]);
      const [c] = gradient(total(relu6(x)), [x]);
      const [h] = gradient(total(clip(x, -1, 1)), [x]);
      const feeds = { x: numbers(-1, 0, 1, 6, 7) };
      expect(await run({ r: r as Value, c: c as Value, h: h as Value }, feeds)).toEqual({
        r: [0, 0, 1, 1, 1],
        c: [0, 0, 1, 0, 0],
        h: [0, 1, 0, 0, 0],
      });
    });

    test('is shared evenly by equal values of max and of reduceMax', async () => {
      const [a, b] = [vector('a'), vector('b')];
      const [ga, gb] = gradient(total(max(a, b)), [a, b]);
      const [gr] = gradient(total(reduceMax(a, 0)), [a]);
      const feeds = { a: numbers(1, 2, 2), b: numbers(1, 3, 0) };
      expect(await run({ ga: ga as Value, gb: gb as Value, gr: gr as Value }, feeds)).toEqual({
        ga: [0.5, 0, 1],
        gb: [0.5, 1, 0],
        gr: [0, 0.5, 0.5],
      });
    });

    test('goes to the first maximum of a pooling window in row-major order', async () => {
      const window = fc.record({
        height: fc.integer({ min: 1, max: 9 }),
        width: fc.integer({ min: 1, max: 9 }),
        kernel: fc.integer({ min: 1, max: 6 }),
        stride: fc.integer({ min: 1, max: 3 }),
        padding: fc.integer({ min: 0, max: 3 }),
        seed: fc.integer({ min: 1, max: 1000 }),
      });
      await fc.assert(
        fc.asyncProperty(window, async ({ height, width, kernel, stride, padding, seed }) => {
          fc.pre(2 * padding <= kernel && Math.min(height, width) + 2 * padding >= kernel);
          const shape = [1, 2, height, width];
          const x = input('x', 'float32', shape);
          const y = maxPool(x, kernel, stride, padding);
          const outputs = elementCount(y.shape as number[]);
          const [g] = gradient(y, [x], input('upstream', 'float32', y.shape));
          // Three different values only: most windows have several maxima.
          const values = Float32Array.from(
            { length: elementCount(shape) },
            (_, at) => (((at * 7919 + seed * 31) % 11) % 3) - 1,
          );
          const upstream = Float32Array.from({ length: outputs }, (_, at) => at + 1);
          const feeds = { x: float32(shape, values), upstream: float32(y.shape as number[], upstream) };
          const got = await run({ g: g as Value }, feeds);
          expect(got.g).toEqual(
            poolGradientByDefinition(values, upstream, [height, width], y.shape as number[], {
              kernel,
              stride,
              padding,
            }),
          );
        }),
        { numRuns: 60 },
      );
    });

    test('of pooling is rounded no more than the largest gradients that meet', async () => {
      const shape = [1, 16, 12, 11];
      const x = input('x', 'float32', shape);
      const y = maxPool(x, 5, 1, 2);
      const [g] = gradient(y, [x], input('upstream', 'float32', shape)) as [Value];
      const random = randomStream(1, 'pooling');
      const drawn = (one: () => number) => Float32Array.from({ length: elementCount(shape) }, one);
      const values = drawn(random.normal);
      // From 1e-6 to 1e3.
      const upstream = drawn(() => random.normal() * 10 ** (random.integer(10) - 6));
      const { g: got } = await run({ g }, { x: float32(shape, values), upstream: float32(shape, upstream) });
      const definition = { kernel: 5, stride: 1, padding: 2 };
      const expected = poolGradientByDefinition(values, upstream, [12, 11], shape, definition);
      const magnitudes = poolGradientByDefinition(values, upstream.map(Math.abs), [12, 11], shape, definition);
      // A position is passed by gradients of windows that begin up to four before it, along both axes.
      const passing = (at: number): number => {
        const [plane, row, column] = [Math.floor(at / 132), Math.floor((at % 132) / 11), at % 11];
        let most = 0;
        for (let i = Math.max(0, row - 4); i <= Math.min(11, row + 4); i++) {
          for (let j = Math.max(0, column - 4); j <= Math.min(10, column + 4); j++) {
            most = Math.max(most, magnitudes[plane * 132 + i * 11 + j] as number);
          }
        }
        return most;
      };
      const worst = Math.max(
        ...expected.map((value, at) => Math.abs(value - (got?.[at] as number)) / (passing(at) || 1)),
      );
      expect(worst).toBeLessThan(6 * 2 ** -23);
    });

    test('of pooling is the same where planes are worked on by portions, also rewritten for speed', async () => {
      const shape = [2, 20, 96, 130];
      const x = input('x', 'float32', shape);
      const y = maxPool(x, 5, 1, 2);
      const [g] = gradient(y, [x], input('upstream', 'float32', shape)) as [Value];
      const values = Float32Array.from({ length: elementCount(shape) }, (_, at) => ((at * 7919) % 1009) % 17);
      const upstream = Float32Array.from(values, (_, at) => (at % 13) - 6);
      const feeds = { x: float32(shape, values), upstream: float32(shape, upstream) };
      const expected = poolGradientByDefinition(values, upstream, [96, 130], [1, 40, 96, 130], {
        kernel: 5,
        stride: 1,
        padding: 2,
      });
      for (const outputs of [decompose({ g }), optimizeTraining({ g })]) {
        expect(operators(outputs).filter((name) => name === 'Concat')).toHaveLength(1);
        const got = (await run(outputs, feeds)).g as number[];
        expect(got.filter((value, at) => value !== expected[at])).toHaveLength(0);
        expect(got).toHaveLength(expected.length);
      }
    });
  });

  describe('refuses', () => {
    test('an output of several elements without an upstream gradient', () => {
      const x = vector('x');
      expect(() => gradient(x, [x])).toThrow(
        'The gradient of float32 [3] needs an upstream gradient: only an output of one element has the default 1.',
      );
    });

    test('an upstream gradient of another shape', () => {
      expect(() => gradient(vector('x'), [vector('x')], vector('upstream', 4))).toThrow(
        'The upstream gradient of float32 [3] must be alike, got float32 [4].',
      );
    });

    test('whole numbers', () => {
      const labels = input('labels', 'int64', [3]);
      expect(() => gradient(total(vector('x')), [labels])).toThrow(
        'A gradient is taken between floating-point values, got int64 [3].',
      );
    });

    test('open extents, naming the scope', () => {
      const x = input('x', 'float32', [1, 2, 'height', 5]);
      const weight = parameter('stem.weight', [1, 2, 1, 1], { kind: 'constant', value: 0 });
      const y = total(conv(x, weight, null));
      expect(() => gradient(y, [weight])).toThrow(
        "stem (ReduceSum): a gradient needs known extents, got [1, 1, height, 5]. Give the graph's inputs fixed sizes.",
      );
    });

    test('to pass the position of a maximum', () => {
      const x = vector('x');
      const y = total(mul(x, cast(argMax(x, 0), 'float32', 'loss')));
      expect(() => gradient(y, [x])).toThrow('loss (Cast): the operator Cast has no gradient from int64 to float32.');
    });

    test('to pass an operator that forbids it, or that no table knows', () => {
      const x = vector('x');
      const Unknown: Op<null> = { name: 'Unknown', infer: () => [x] };
      for (const [name, y] of [
        ['HardSigmoid', hardSigmoid(x, 1, 0, 'decoder')],
        ['Unknown', applyOne(Unknown, [x], null, 'decoder')],
      ] as const) {
        expect(() => gradient(total(y), [x])).toThrow(
          `decoder (${name}): the operator ${name} has no gradient, and the output depends on a target through it.`,
        );
      }
    });
  });
});

describe('the interpolation matrix', () => {
  const sizes = fc.record({
    from: fc.integer({ min: 1, max: 40 }),
    to: fc.integer({ min: 1, max: 40 }),
    mode: fc.constantFrom<ResizeAttributes['mode']>('linear', 'cubic'),
    coordinates: fc.constantFrom<CoordinateTransformation>('align_corners', 'half_pixel'),
  });

  test("is what the engine's Resize does to unit vectors", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ from, to, mode, coordinates }) => {
        fc.pre(from !== to);
        const identity = Float32Array.from({ length: from * from }, (_, at) => (at % (from + 1) === 0 ? 1 : 0));
        const x = input('x', 'float32', [1, from, from, 1]);
        const size = { size: constant(int64([2], [to, 1])), names: [to, 1] } as const;
        const { y } = await run(
          { y: resize(x, size, coordinates, mode) },
          { x: float32([1, from, from, 1], identity) },
        );
        const matrix = interpolationMatrix(from, to, mode, coordinates);
        const columns = Array.from({ length: from * to }, (_, at) => matrix[(at % to) * from + Math.floor(at / to)]);
        const difference = (y as number[]).map((value, at) => Math.abs(value - (columns[at] as number)));
        expect(Math.max(...difference)).toBeLessThan(2e-6);
      }),
      { numRuns: 300 },
    );
  });
});

describe('operators of gradients', () => {
  test('refuse statistics of a single element', () => {
    const x = input('x', 'float32', [1, 2, 1, 1]);
    const [a, b, c, d] = [vector('a', 2), vector('b', 2), vector('c', 2), vector('d', 2)];
    expect(() => trainingBatchNormalization(x, [a, b, c, d], { epsilon: 1e-5, momentum: 0.1 }, 'encoder.bn1')).toThrow(
      'encoder.bn1: the statistics of a batch need at least two elements a channel, got [1, 2, 1, 1]. Use larger crops or batches.',
    );
  });

  test('refuse slices beyond an axis, and downwards from another element than the last', () => {
    const x = vector('x');
    const cut = (start: number, end: number, step: number) => () => sliceRanges(x, [{ axis: 0, start, end, step }]);
    expect(cut(0, 4, 1)).toThrow('0..4 is not a part of axis 0 of [3].');
    expect(cut(1, -1, -1)).toThrow('1..-1 in steps of -1 is not a part of axis 0 of [3].');
  });
});

describe('toOnnx', () => {
  test('feeds parameters as inputs where asked, without weights', () => {
    const weight = parameter('weight', [3], { kind: 'constant', value: 0 });
    const { graph } = toOnnx({ y: mul(vector('x'), weight) }, new Map(), { storage: 'external', parameters: 'inputs' });
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'weight']);
    expect(graph.initializers).toEqual([]);
  });
});

/** Max pooling's gradient by its definition, with loops over windows. */
function poolGradientByDefinition(
  x: Float32Array,
  upstream: Float32Array,
  [height, width]: readonly [number, number],
  [, channels, rows, columns]: readonly number[],
  { kernel, stride, padding }: { kernel: number; stride: number; padding: number },
): number[] {
  const gradient = new Array<number>(x.length).fill(0);
  let output = 0;
  for (let channel = 0; channel < (channels as number); channel++) {
    for (let row = 0; row < (rows as number); row++) {
      for (let column = 0; column < (columns as number); column++) {
        let best = -1;
        for (let i = row * stride - padding; i < row * stride - padding + kernel; i++) {
          for (let j = column * stride - padding; j < column * stride - padding + kernel; j++) {
            if (i < 0 || j < 0 || i >= height || j >= width) continue;
            const at = (channel * height + i) * width + j;
            if (best < 0 || (x[at] as number) > (x[best] as number)) best = at;
          }
        }
        gradient[best] = (gradient[best] as number) + (upstream[output++] as number);
      }
    }
  }
  return gradient;
}
