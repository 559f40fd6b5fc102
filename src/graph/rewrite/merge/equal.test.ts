import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../../test/golden/formula.ts';
import { differences, operators } from '../../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { float32, int64 } from '../../../tensor/tensor.ts';
import { add, clip, mul, neg, relu } from '../../ops/elementwise.ts';
import { reshape, transpose } from '../../ops/shape.ts';
import { applyOne, constant, input, type Op, parameter, type Value } from '../../value.ts';
import { mergeEqual } from './equal.ts';
import { rewrite } from '../rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const x = input('x', 'float32', [2, 3]);
const z = input('z', 'float32', [2, 3]);
const numbers = (...data: number[]): Value => constant(float32([data.length], data));

describe('merging what is equal', () => {
  test('gives the same numbers with fewer operators, also where only what feeds them became equal', async () => {
    const branch = (): Value => neg(mul(relu(x), numbers(1, 2, 3)));
    const plain = { sum: add(branch(), branch()), other: mul(branch(), branch()) };
    const merged = rewrite(plain, mergeEqual());
    expect(operators(plain)).toHaveLength(14);
    expect(operators(merged)).toEqual(['Relu', 'Mul', 'Neg', 'Add', 'Mul']);
    expect(await differences(backend, plain, merged, [{ x: fillScaled('x', [2, 3]) }])).toEqual([0]);
  });

  const OTHERS: readonly [string, Value, Value][] = [
    ['another input', relu(x), relu(z)],
    ['its inputs in another order', add(x, z), add(z, x)],
    ['another operator', relu(x), neg(x)],
    ['other attributes', transpose(x, [0, 1]), transpose(x, [1, 0])],
    ['bounds that JSON cannot tell apart', clip(x, 0, Number.POSITIVE_INFINITY), clip(x, 0, Number.NaN)],
    ['other numbers', add(x, numbers(1, 2, 3)), add(x, numbers(1, 2, 4))],
    ['a zero of the other sign', mul(x, numbers(0, 1, 1)), mul(x, numbers(-0, 1, 1))],
    ['the same numbers in another shape', add(x, numbers(1, 1, 1)), add(x, constant(float32([1, 3], [1, 1, 1])))],
    ['other whole numbers', reshape(x, [3, 2]), reshape(x, [6, 1])],
  ];

  test.each(OTHERS)('keeps a node with %s', (_, a, b) => {
    const outputs = { a, b };
    expect(rewrite(outputs, mergeEqual())).toEqual(outputs);
    expect(operators(rewrite(outputs, mergeEqual()))).toHaveLength(2);
  });

  test('compares small constants by their numbers, also those of 64 bits, and large ones not at all', () => {
    const Probe: Op<null> = { name: 'Add', infer: () => [{ dtype: 'float32', shape: [2, 3] }] };
    const probe = (other: Value): Value => applyOne(Probe, [x, other], null);
    const whole = (): Value => constant(int64([2], [1, 2]));
    const large = (): Value => constant(float32([5000], new Float32Array(5000)));
    const merged = rewrite(
      { a: probe(whole()), b: probe(whole()), c: probe(large()), d: probe(large()) },
      mergeEqual(),
    );
    expect(merged.a).toBe(merged.b);
    expect(merged.c).not.toBe(merged.d);
  });

  test('keeps parameters of two names apart', () => {
    const weight = (name: string): Value => parameter(name, [2, 3], { kind: 'constant', value: 0 });
    const outputs = { a: relu(weight('a')), b: relu(weight('b')) };
    expect(rewrite(outputs, mergeEqual())).toEqual(outputs);
  });

  test('begins anew for each graph', () => {
    const rule = (): Value => rewrite({ y: relu(x) }, mergeEqual()).y;
    expect(rule()).not.toBe(rule());
  });
});
