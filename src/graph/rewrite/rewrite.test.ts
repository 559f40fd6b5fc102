import { describe, expect, test } from 'vitest';
import { operators } from '../../../test/support/compare-graphs.ts';
import { float32 } from '../../tensor/tensor.ts';
import { add, exp, mul, neg, relu, sqrt } from '../ops/elementwise.ts';
import { shapeOf } from '../ops/structure.ts';
import { apply, constant, input, type Node, type Op, parameter, type Value } from '../value.ts';
import { reach } from '../walk.ts';
import { isConstant, producer, type Rewrite, rewrite, substitute } from './rewrite.ts';

const x = input('x', 'float32', [2, 3]);
const drawn = { kind: 'normal', std: 1 } as const;

const replacing = (name: string, by: (value: Value) => Value): Rewrite => ({
  name: `replace ${name}`,
  apply: ({ op, inputs }) => (op.name === name ? [by(inputs[0] as Value)] : null),
});

const nodeOf = ({ source }: Value): Node => {
  if (source.kind !== 'node') throw new Error('not made by a node');
  return source.node;
};

describe('rewriting', () => {
  test('keeps the outputs, their names and their order', () => {
    const [b, a] = [relu(x), neg(relu(x))];
    const rewritten = rewrite({ b, a, x }, replacing('Relu', exp));
    expect(Object.keys(rewritten)).toEqual(['b', 'a', 'x']);
    expect(operators({ b: rewritten.b })).toEqual(['Exp']);
    expect(operators({ a: rewritten.a })).toEqual(['Exp', 'Neg']);
    expect(rewritten.x).toBe(x);
  });

  test('gives back the same values where no rule applied', () => {
    const [a, b] = [add(relu(x), x), neg(x)];
    const rewritten = rewrite({ a, b }, replacing('Sqrt', exp));
    expect(rewritten.a).toBe(a);
    expect(rewritten.b).toBe(b);
  });

  test('keeps what does not depend on a rewritten node', () => {
    const [kept, changed] = [neg(x), relu(x)];
    const { y } = rewrite({ y: add(kept, changed) }, replacing('Relu', exp));
    expect(nodeOf(y).inputs[0]).toBe(kept);
    expect(producer(nodeOf(y).inputs[1], 'Exp')).not.toBeNull();
  });

  test('leaves the graph that it was given as it was', () => {
    const y = neg(relu(x));
    rewrite({ y }, replacing('Relu', exp));
    expect(operators({ y })).toEqual(['Relu', 'Neg']);
  });

  test('rewrites once what several nodes and outputs take', () => {
    const shared = relu(x);
    const rewritten = rewrite({ sum: add(shared, neg(shared)), shared }, replacing('Relu', exp));
    expect(operators(rewritten)).toEqual(['Exp', 'Neg', 'Add']);
    expect(nodeOf(rewritten.sum).inputs[0]).toBe(rewritten.shared);
  });

  test('shows a rule the nodes with inputs that are rewritten already, and the nodes as they were', () => {
    const inner = relu(x);
    const outer = relu(inner);
    const seen: [Node, Node][] = [];
    const { y } = rewrite(
      { y: outer },
      {
        name: 'watch',
        apply(node, original) {
          seen.push([node, original]);
          return node.op.name === 'Relu' ? [exp(node.inputs[0] as Value)] : null;
        },
      },
    );
    expect(seen.map(([, original]) => original)).toEqual([nodeOf(inner), nodeOf(outer)]);
    expect(seen[1]?.[0].inputs[0]).toBe(nodeOf(y).inputs[0]);
  });

  test('does not visit what a rule made', () => {
    expect(
      operators(
        rewrite(
          { y: relu(x) },
          replacing('Relu', (value) => relu(relu(value))),
        ),
      ),
    ).toEqual(['Relu', 'Relu']);
  });

  test('keeps the scopes and attributes of nodes that get other inputs', () => {
    const y = apply({ ...nodeOf(neg(x)).op }, [relu(x, 'first')], { some: 1 }, 'second')[0] as Value;
    const rewritten = nodeOf(rewrite({ y }, replacing('Relu', exp)).y);
    expect([rewritten.scope, rewritten.attributes]).toEqual(['second', { some: 1 }]);
  });

  test('replaces all outputs of a node, and keeps inputs that are left out', () => {
    const both: Op<null> = { name: 'Both', infer: ([value]) => [value as Value, value as Value] };
    const [first, second] = apply(both, [relu(x), null], null) as [Value, Value];
    const kept = rewrite({ first, second }, replacing('Relu', exp));
    expect(nodeOf(kept.second)).toBe(nodeOf(kept.first));
    expect(nodeOf(kept.first).inputs[1]).toBeNull();
    const swapped = rewrite(
      { first, second },
      { name: 'swap', apply: ({ op, outputs }) => (op.name === 'Both' ? [...outputs].reverse() : null) },
    );
    expect([swapped.first, swapped.second]).toEqual([second, first]);
  });

  test('counts how often a value is taken: by nodes, each time, and as an output', () => {
    const a = relu(x);
    const [b, c] = [neg(a), mul(a, a)];
    const counts: number[] = [];
    rewrite(
      { b, c, again: b },
      {
        name: 'count',
        apply(_, original, { uses }) {
          counts.push(...original.outputs.map(uses));
          return null;
        },
      },
    );
    expect(counts).toEqual([3, 2, 1]);
  });

  test('goes through ten thousand nodes in a row', () => {
    let y: Value = relu(x);
    for (let count = 0; count < 10_000; count++) y = neg(y);
    expect(reach(Object.values(rewrite({ y }, replacing('Relu', exp)))).nodes).toHaveLength(10_001);
  });
});

describe('substitution', () => {
  test('exchanges values inside and among the outputs', () => {
    const [a, other] = [relu(x), input('other', 'float32', [2, 3])];
    const substituted = substitute({ a, y: neg(a) }, new Map([[a, other]]));
    expect(substituted.a).toBe(other);
    expect(nodeOf(substituted.y).inputs[0]).toBe(other);
  });

  test('of nothing changes nothing', () => {
    const y = neg(relu(x));
    expect(substitute({ y }, new Map()).y).toBe(y);
  });
});

test('a producer is the node that made a value, if it is of the asked operator', () => {
  const y = relu(x);
  expect(producer(y, 'Relu')).toBe(nodeOf(y));
  expect([producer(y, 'Neg'), producer(x, 'Relu'), producer(null, 'Relu'), producer(undefined, 'Relu')]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('constant is what depends on parameters and constants alone', () => {
  const weight = parameter('w', [2, 3], drawn);
  const numbers = constant(float32([2, 3], new Float32Array(6)));
  expect([weight, numbers, sqrt(add(weight, numbers))].map(isConstant)).toEqual([true, true, true]);
  expect([x, add(weight, x), shapeOf(x)].map(isConstant)).toEqual([false, false, false]);
});
