/** Every gradient rule against finite differences, on the CPU engine. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OPERATORS, type OperatorName } from '../../src/graph/gradient/operators.ts';
import { DEVICE_RULES } from '../../src/graph/gradient/on-device/index.ts';
import type { GradientRules, VjpRule } from '../../src/graph/gradient/rule.ts';
import { RULES } from '../../src/graph/gradient/rules/index.ts';
import { mul, relu } from '../../src/graph/ops/elementwise.ts';
import { optimizeDeviceTraining } from '../../src/graph/rewrite/optimize/device-training.ts';
import type { Outputs } from '../../src/graph/rewrite/rewrite.ts';
import { toOnnx } from '../../src/graph/to-onnx.ts';
import { constant, type Op, type Value } from '../../src/graph/value.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import { float32 } from '../../src/tensor/tensor.ts';
import { CASES } from './cases.ts';
import { checkGradient, type Compile } from './check.ts';

const GRAPH = new URL('../../src/graph/', import.meta.url);

/** The files that declare an operator. */
const DECLARING = readdirSync(GRAPH, { recursive: true, encoding: 'utf8' })
  .map((path) => ({ path, text: path.endsWith('.ts') ? readFileSync(new URL(path, GRAPH), 'utf8') : '' }))
  .filter(({ path, text }) => !path.endsWith('.test.ts') && /\bOp<.*> (=|\{)/.test(text));

/** Every operator that a file of src/graph exports. */
async function exportedOperators(): Promise<Map<string, Op>> {
  const operators = new Map<string, Op>();
  for (const { path } of DECLARING) {
    const module = (await import(new URL(path, GRAPH).href)) as Record<string, unknown>;
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

/** Gradients as the CPU computes them, and as devices do, on the same engine. */
const FORMS: readonly {
  readonly form: string;
  readonly prepare: (outputs: Outputs) => Outputs;
  readonly rules: Partial<GradientRules>;
}[] = [
  { form: 'as the CPU computes it', prepare: (outputs) => outputs, rules: {} },
  { form: 'as a device computes it', prepare: optimizeDeviceTraining, rules: DEVICE_RULES },
];

describe('every operator', () => {
  test('is in the list of operators', async () => {
    const exported = await exportedOperators();
    expect(exported.size).toBeGreaterThan(50);
    expect([...exported.keys()].sort()).toEqual(Object.keys(OPERATORS).sort());
    for (const [name, op] of exported) expect(OPERATORS[name as OperatorName]).toBe(op);
  });

  test('is exported, so that the list can be held against them', () => {
    const hidden = DECLARING.flatMap(({ text }) => [...text.matchAll(/^const (\w+): Op</gm)].map(([, name]) => name));
    expect(hidden).toEqual([]);
  });

  test('is called as its constant, but where two forms of one operator differ in their gradients', () => {
    const others = Object.entries(OPERATORS).filter(([constant, { name }]) => name !== constant);
    expect(Object.fromEntries(others.map(([constant, { name }]) => [constant, name]))).toEqual({
      CropPlane: 'Slice',
      StopGradient: 'Identity',
    });
  });

  test('says what its gradient is: a rule, none, or forbidden', () => {
    expect(Object.keys(RULES).sort()).toEqual(Object.keys(OPERATORS).sort());
  });

  test('with a gradient rule has a case', () => {
    const covered = new Set<unknown>(CASES.map(({ op }) => op));
    const missing = Object.entries(OPERATORS).filter(
      ([name, op]) => typeof RULES[name as OperatorName] === 'function' && !covered.has(op),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  test('has cases whose titles differ', () => {
    expect(new Set(CASES.map(({ title }) => title)).size).toBe(CASES.length);
  });
});

describe.each(FORMS)('$form, the gradient of', ({ prepare, rules }) => {
  test.each(CASES)('$title is that of finite differences', async (row) => {
    expect((await checkGradient(row, (outputs) => compile(prepare(outputs)), rules)).problems).toEqual([]);
  });
});

describe('the tester', () => {
  const rules = RULES as { Relu: VjpRule<null> };
  const right = rules.Relu;
  afterEach(() => {
    rules.Relu = right;
  });

  /** Checks relu while its rule gives so many times what it should. */
  const checkTimes = (factor: number): ReturnType<typeof checkGradient> => {
    rules.Relu = (context) => right(context).map((value) => value && mul(value, constant(float32([], [factor]))));
    const row = { title: `relu times ${factor}`, inputs: [{ shape: [2, 3, 4], draw: 'separated' as const }] };
    return checkGradient({ ...row, build: (x) => relu(x as Value) }, compile);
  };

  test('reports a rule that is wrong by a thousandth', async () => {
    expect((await checkTimes(1.001)).problems.join('\n')).toMatch(
      /^relu times 1.001: input 0: the rule gives -?[\d.e-]+, the difference -?[\d.e-]+/,
    );
  });

  test('lets the same rule pass when it is right', async () => {
    expect((await checkTimes(1)).problems).toEqual([]);
  });
});
