/** The rules that save a device launches: each gives the same numbers, and only where it may. */
import { beforeAll, describe, expect, test } from 'vitest';
import { runGraph } from '../../../../test/golden/run-graph.ts';
import { operators } from '../../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { randomStream } from '../../../tensor/random.ts';
import { elementCount } from '../../../tensor/shape.ts';
import { float32, type Tensor } from '../../../tensor/tensor.ts';
import { greater } from '../../ops/comparison.ts';
import { scalarLike } from '../../ops/constants.ts';
import { conv } from '../../ops/conv.ts';
import { add, mul } from '../../ops/elementwise.ts';
import { expand, reshape } from '../../ops/shape.ts';
import { cast } from '../../ops/structure.ts';
import { input, knownShape, type Value } from '../../value.ts';
import { reach } from '../../walk.ts';
import { broadcastWithoutExpand } from '../broadcast-without-expand.ts';
import { maskAsChoice } from '../mask-as-choice.ts';
import { mergeReshapes } from '../merge/reshapes.ts';
import { pointwiseAsProduct } from '../pointwise-as-product.ts';
import { type Rewrite, rewrite } from '../rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const of = (name: string, ...shape: number[]): Value => input(name, 'float32', shape);
const PLAIN = { stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0], groups: 1 } as const;

/** The largest difference between what a graph and its rewritten form give for drawn numbers. */
async function differenceOf(y: Value, rule: Rewrite): Promise<number> {
  const feeds = Object.fromEntries(
    [...reach([y]).inputs].map(([name, value]) => {
      const { normal } = randomStream(1, name);
      const shape = knownShape(value);
      return [name, float32(shape, Float32Array.from({ length: elementCount(shape) }, normal))];
    }),
  );
  const [plain, rewritten] = await Promise.all(
    [{ y }, rewrite({ y }, rule)].map(
      async (outputs) => (await runGraph(backend, outputs, new Map(), feeds)).y as Tensor<'float32'>,
    ),
  );
  expect(rewritten?.shape).toEqual(plain?.shape);
  return Math.max(
    ...(plain as Tensor<'float32'>).data.map((value, at) => Math.abs(value - Number(rewritten?.data[at]))),
  );
}

const x = of('x', 2, 6, 3, 5);

const FITTING: readonly [Rewrite, string, Value, string[]][] = [
  [maskAsChoice, 'x times a mask', mul(x, cast(greater(x, scalarLike(x, 0)), 'float32')), ['Greater', 'Where']],
  [
    pointwiseAsProduct,
    'a 1x1 convolution',
    conv(x, of('w', 4, 6, 1, 1), of('b', 4), PLAIN),
    ['Reshape', 'Reshape', 'Reshape', 'MatMul', 'Reshape', 'Add'],
  ],
  [mergeReshapes, 'two changes of shape', reshape(reshape(x, [12, 15]), [4, 45]), ['Reshape']],
  [mergeReshapes, 'a change to the shape that is there, and one more', add(reshape(x, [2, 6, 3, 5]), x), ['Add']],
  [broadcastWithoutExpand, 'what is stretched to be added', add(expand(of('s', 1, 6, 1, 1), [2, 6, 3, 5]), x), ['Add']],
  [
    broadcastWithoutExpand,
    'two that stretch each other',
    mul(expand(of('s', 2, 1), [2, 3]), expand(of('t', 1, 3), [2, 3])),
    ['Mul'],
  ],
];

describe.each(FITTING)('$name', (rule, what, y, expected) => {
  test(`gives the same numbers for ${what}, by other operators`, async () => {
    expect([...operators(rewrite({ y }, rule))].sort()).toEqual([...expected].sort());
    expect(await differenceOf(y, rule)).toBeLessThan(1e-5);
  });
});

const LEFT: readonly [Rewrite, string, Value][] = [
  [maskAsChoice, 'x times numbers that were cast', mul(x, cast(of('d', 2, 6, 3, 5), 'float32'))],
  [pointwiseAsProduct, 'a 3x3 convolution', conv(x, of('w', 4, 6, 3, 3), null, PLAIN)],
  [pointwiseAsProduct, 'a strided one', conv(x, of('w', 4, 6, 1, 1), null, { ...PLAIN, stride: [2, 2] })],
  [pointwiseAsProduct, 'a grouped one', conv(x, of('w', 4, 3, 1, 1), null, { ...PLAIN, groups: 2 })],
  [mergeReshapes, 'one change of shape', reshape(x, [12, 15])],
  [broadcastWithoutExpand, 'what is stretched alone', mul(expand(of('s', 1, 3), [2, 3]), scalarLike(x, 2))],
];

test.each(LEFT)('$name leaves %s', (rule, _, y) => {
  expect(rewrite({ y }, rule).y).toBe(y);
});
