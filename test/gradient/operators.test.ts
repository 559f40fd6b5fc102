/** Every gradient rule against finite differences, on the CPU engine. */
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { mul, relu } from '../../src/graph/ops/elementwise.ts';
import { toOnnx } from '../../src/graph/to-onnx.ts';
import { applyOne, constant, type Op, type Value } from '../../src/graph/value.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import { float32 } from '../../src/tensor/tensor.ts';
import { CASES } from './cases.ts';
import { checkGradient, type Compile } from './check.ts';

const OPS = new URL('../../src/graph/ops/', import.meta.url);

/** Every operator that a file of src/graph/ops exports. */
async function exportedOperators(): Promise<Map<string, Op>> {
  const operators = new Map<string, Op>();
  for (const file of readdirSync(OPS).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    const module = (await import(new URL(file, OPS).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === 'object' && value !== null && 'infer' in value) operators.set(name, value as Op);
    }
  }
  return operators;
}

let compile: Compile;
beforeAll(async () => {
  const backend = await nodeBackend();
  compile = (outputs) =>
    backend.createSession({
      bytes: encodeModel(toOnnx(outputs, new Map(), { storage: 'inline' })),
      weights: new Map(),
    });
});

describe('every operator', () => {
  test('says what its gradient is: a rule, none, or forbidden', async () => {
    const operators = await exportedOperators();
    expect(operators.size).toBeGreaterThan(40);
    expect([...operators].filter(([, { vjp }]) => vjp === undefined).map(([name]) => name)).toEqual([]);
  });

  test('with a gradient rule has a case', async () => {
    const covered = new Set<unknown>(CASES.map(({ op }) => op));
    const missing = [...(await exportedOperators())].filter(
      ([, op]) => typeof op.vjp === 'function' && !covered.has(op),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  test('has cases whose titles differ', () => {
    expect(new Set(CASES.map(({ title }) => title)).size).toBe(CASES.length);
  });
});

describe('the gradient of', () => {
  test.each(CASES)('$title is that of finite differences', async (row) => {
    expect((await checkGradient(row, compile)).problems).toEqual([]);
  });
});

describe('the tester', () => {
  const wrong = (op: Op<null>, factor: number): Op<null> => ({
    ...op,
    vjp: (context) =>
      (op.vjp as (given: typeof context) => (Value | null)[])(context).map(
        (value) => value && mul(value, constant(float32([], [factor]))),
      ),
  });
  const source = relu(constant(float32([1], [1]))).source;
  const Relu = (source.kind === 'node' ? source.node.op : null) as Op<null>;
  const caseOf = (factor: number) => ({
    title: `relu times ${factor}`,
    inputs: [{ shape: [2, 3, 4], draw: 'separated' as const }],
    build: (x: Value | undefined) => applyOne(wrong(Relu, factor), [x as Value], null),
  });

  test('reports a rule that is wrong by a thousandth', async () => {
    const { problems } = await checkGradient(caseOf(1.001), compile);
    expect(problems.join('\n')).toMatch(
      /^relu times 1.001: input 0: the rule gives -?[\d.e-]+, the difference -?[\d.e-]+/,
    );
  });

  test('lets the same rule pass when it is right', async () => {
    expect((await checkGradient(caseOf(1), compile)).problems).toEqual([]);
  });
});
