/** Five updates of every optimizer against PyTorch's. */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradient } from '../../src/graph/gradient/gradient.ts';
import { elementwiseKernel } from '../../src/graph/kernel/elementwise-kernel.ts';
import { scalarLike } from '../../src/graph/ops/constants.ts';
import { mul, sub } from '../../src/graph/ops/elementwise.ts';
import { input, type Value } from '../../src/graph/value.ts';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import type { Backend } from '../../src/runtime/backend.ts';
import { LoadedKernel } from '../../src/runtime/kernel.ts';
import { KernelMemory } from '../../src/runtime/kernel-memory.ts';
import { reduceAll } from '../../src/training/losses/pixels.ts';
import { bindOptimizer } from '../../src/training/optimizers/index.ts';
import type { OptimizerDefinition } from '../../src/training/step/types.ts';
import { parameterRule } from '../../src/training/step/update-rules.ts';
import { fillPositive, fillScaled } from './formula.ts';
import { runGraph } from './run-graph.ts';

const TOLERANCE = 1e-5;
const RATE = 0.1;

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const CASES: Readonly<Record<string, OptimizerDefinition>> = {
  sgd: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  'sgd-momentum-wd': { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0.01 },
  'sgd-nesterov': { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0 },
  adam: { name: 'adam', ...ADAM, weightDecay: 0 },
  adamw: { name: 'adamw', ...ADAM, weightDecay: 0.05 },
};

const golden = JSON.parse(
  readFileSync(new URL('../fixtures/golden/optimizers.json', import.meta.url), 'utf8'),
) as Record<string, number[][]>;

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** Five updates on sum(a (w - 0.3)^2), by the loop that training runs: the weights after each. */
async function descend(definition: OptimizerDefinition): Promise<Float32Array[]> {
  const optimizer = bindOptimizer(definition);
  const rule = parameterRule({ clipNorm: null, averageDecay: null }, optimizer, true);
  const kernel = await LoadedKernel.load(elementwiseKernel(rule), KernelMemory.for([]));
  const [weight, factor] = ['weight', 'a'].map((name) => input(name, 'float32', [6])) as [Value, Value];
  const distance = sub(weight, scalarLike(weight, 0.3));
  const value = reduceAll(mul(factor, mul(distance, distance)));
  const outputs = { gradient: gradient(value, [weight])[0] as Value };
  const a = fillPositive('opt:a', [6]);
  const state = fillScaled('opt:w', [6]);
  const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, new Float32Array(6)]));
  const steps: Float32Array[] = [];
  for (let updates = 0; updates < 5; updates++) {
    const results = await runGraph(backend, outputs, new Map(), { weight: state, a });
    const arrays = { weight: state.data as Float32Array, gradient: results.gradient?.data as Float32Array, ...slots };
    kernel.run(arrays, optimizer.scalars(RATE, updates));
    steps.push(arrays.weight.slice());
  }
  return steps;
}

test('the reference holds the cases that are tested here, and no others', () => {
  expect(Object.keys(golden)).toEqual(Object.keys(CASES));
});

describe.each(Object.entries(CASES))('%s', (name, definition) => {
  test('makes the updates of PyTorch', async () => {
    const steps = await descend(definition);
    for (const [index, expected] of (golden[name] as number[][]).entries()) {
      const difference = relativeDifference(steps[index] as Float32Array, Float32Array.from(expected));
      expect(difference, `update ${index + 1}`).toBeLessThan(TOLERANCE);
    }
  });

  test('is told apart from every other by the reference', async () => {
    const last = (await descend(definition)).at(-1) as Float32Array;
    for (const [other, steps] of Object.entries(golden)) {
      const difference = relativeDifference(last, Float32Array.from(steps.at(-1) as number[]));
      expect(difference > TOLERANCE, other).toBe(other !== name);
    }
  });
});
