import { beforeAll, describe, expect, test } from 'vitest';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { LoadedKernel } from '../../runtime/kernel.ts';
import { KERNEL_ARRAYS, KERNEL_BLOCK, KernelMemory } from '../../runtime/kernel-memory.ts';
import { randomStream } from '../../tensor/random.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import { encodeModel } from '../../onnx/encode.ts';
import { scalarLike } from '../ops/constants.ts';
import { add, div, exp, max, min, mul, sqrt, sub } from '../ops/elementwise.ts';
import { toOnnx } from '../to-onnx.ts';
import { input, type Value } from '../value.ts';
import { elementwiseKernel, KERNEL_OPERATORS, type KernelGraph } from './elementwise-kernel.ts';

const array = (name: string): Value => input(name, 'float32', ['length']);
const number = (name: string): Value => input(name, 'float32', []);
const [a, b, factor] = [array('a'), array('b'), number('factor')];

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const drawn = (length: number, name: string): Float32Array => {
  const random = randomStream(1, name);
  return Float32Array.from({ length }, () => 0.1 + random.uniform());
};

const load = (graph: KernelGraph): Promise<LoadedKernel> =>
  LoadedKernel.load(elementwiseKernel(graph), KernelMemory.for([]));

/** What the engine makes of the same graph. */
async function byEngine(value: Value, feeds: Readonly<Record<string, Tensor>>): Promise<Float32Array> {
  const bytes = encodeModel(toOnnx({ value }, new Map(), { storage: 'inline' }));
  const session = await backend.createSession({ bytes, weights: new Map() });
  const results = await session.run(feeds);
  await session.dispose();
  return (results.value as Tensor<'float32'>).data;
}

const GRAPHS: Readonly<Record<string, Value>> = {
  Add: add(a, b),
  Sub: sub(a, b),
  Mul: mul(a, factor),
  Div: div(b, a),
  Max: max(a, b),
  Min: min(a, scalarLike(a, 0.5)),
  Sqrt: sqrt(a),
};

describe('a kernel', () => {
  test('is tested here with every operator that it can have', () => {
    expect(Object.keys(GRAPHS).sort()).toEqual([...KERNEL_OPERATORS].sort());
  });

  test.each(Object.entries(GRAPHS))('gives the numbers of the engine, bit by bit: %s', async (_, value) => {
    const [x, y] = [drawn(1000, 'x'), drawn(1000, 'y')];
    const expected = await byEngine(value, {
      a: float32([1000], x),
      b: float32([1000], y),
      factor: float32([], [0.3]),
    });
    // `b` is taken by each, so that it can be the array that changes.
    const kernel = await load({ changed: { b: value }, sum: b });
    kernel.run({ a: x, b: y }, { factor: 0.3 });
    expect(y).toEqual(expected);
  });

  test.each([0, 1, 3, 4, 5, KERNEL_BLOCK - 1, KERNEL_BLOCK, KERNEL_BLOCK + 1, 3 * KERNEL_BLOCK + 6])(
    'changes arrays of %i numbers in place, all of them and nothing else',
    async (length) => {
      const memory = new Float32Array(length + 8).fill(7);
      const x = memory.subarray(4, 4 + length);
      x.set(drawn(length, 'x'));
      const before = x.slice();
      const y = drawn(length, 'y');
      const given = y.slice();
      const kernel = await load({ changed: { a: add(mul(a, factor), b) } });
      expect(kernel.run({ a: x, b: y }, { factor: 0.5 })).toBe(0);
      expect(x).toEqual(before.map((one, index) => one * 0.5 + (y[index] as number)));
      expect(y).toEqual(given);
      expect([...memory.subarray(0, 4), ...memory.subarray(4 + length)]).toEqual(Array(8).fill(7));
    },
  );

  const lives = (length: number, memory: KernelMemory | null, name: string): Float32Array => {
    const array = memory?.allocate(length) ?? new Float32Array(length);
    array.set(drawn(length, name));
    return array;
  };

  test.each([1, 4, 6, KERNEL_BLOCK, 2 * KERNEL_BLOCK + 5, 3 * KERNEL_BLOCK + 8])(
    'gives the same for %i numbers, wherever its arrays live, and leaves those beside them alone',
    async (length) => {
      const graph: KernelGraph = { changed: { a: add(mul(a, factor), b) }, sum: b };
      const apart = await load(graph);
      const expected = lives(length, null, 'x');
      const sum = apart.run({ a: expected, b: lives(length, null, 'y') }, { factor: 0.5 });
      for (const [isA, isB] of [
        [true, true],
        [true, false],
        [false, true],
      ]) {
        const memory = KernelMemory.for([length, length, 4]);
        const kernel = await LoadedKernel.load(elementwiseKernel(graph), memory);
        const x = lives(length, isA ? memory : null, 'x');
        const y = lives(length, isB ? memory : null, 'y');
        const beside = memory.allocate(4).fill(7);
        expect([x, y, beside].map((array) => memory.holds(array))).toEqual([isA, isB, true]);
        expect(kernel.run({ a: x, b: y }, { factor: 0.5 })).toBe(sum);
        expect(x).toEqual(expected);
        expect(y).toEqual(drawn(length, 'y'));
        expect([...beside]).toEqual([7, 7, 7, 7]);
      }
    },
  );

  test('changes several arrays at once, each from what all were', async () => {
    const kernel = await load({ changed: { a: b, b: a } });
    const [x, y] = [Float32Array.of(1, 2, 3), Float32Array.of(10, 20, 30)];
    kernel.run({ a: x, b: y });
    expect([[...x], [...y]]).toEqual([
      [10, 20, 30],
      [1, 2, 3],
    ]);
  });

  test.each([1, 2, 3, 4, 5, KERNEL_BLOCK + 3])('sums %i numbers in float64', async (length) => {
    const kernel = await load({ changed: {}, sum: a });
    // Float32 would lose the small ones behind the large one.
    const x = new Float32Array(length).fill(1);
    x[0] = 2 ** 30;
    expect(kernel.run({ a: x })).toBe(2 ** 30 + length - 1);
    // Nothing is left of a longer run.
    expect(kernel.run({ a: Float32Array.of(5) })).toBe(5);
  });

  test('sums no more than an array in its memory, also where its last vector is not whole', async () => {
    const memory = KernelMemory.for([5]);
    const kernel = await LoadedKernel.load(
      elementwiseKernel({ changed: { a: add(a, scalarLike(a, 1)) }, sum: a }),
      memory,
    );
    const ones = memory.allocate(5).fill(1);
    expect([kernel.run({ a: ones }), kernel.run({ a: ones })]).toEqual([5, 10]);
  });

  test('takes many arrays', async () => {
    const names = Array.from({ length: KERNEL_ARRAYS }, (_, index) => `array${index}`);
    const kernel = await load({ changed: { array15: names.map(array).reduce((sum, each) => add(sum, each)) } });
    const arrays = Object.fromEntries(names.map((name, index) => [name, Float32Array.of(index, 1)]));
    kernel.run(arrays);
    expect([...(arrays.array15 as Float32Array)]).toEqual([120, 16]);
  });

  test('refuses other operators, changing what it does not take, and too many arrays', () => {
    expect(() => elementwiseKernel({ changed: { a: exp(a, 'scope') } })).toThrow(
      'scope: Exp cannot be in a kernel. It takes Add, Sub, Mul, Div, Min, Max, Sqrt.',
    );
    expect(() => elementwiseKernel({ changed: { c: add(a, b) } })).toThrow(
      'A kernel changes arrays that it takes; it does not take c.',
    );
    const many = Array.from({ length: KERNEL_ARRAYS + 1 }, (_, index) => array(`array${index}`));
    expect(() => elementwiseKernel({ changed: {}, sum: many.reduce((sum, each) => add(sum, each)) })).toThrow(
      'A kernel takes 16 arrays at most, not 17.',
    );
  });
});
