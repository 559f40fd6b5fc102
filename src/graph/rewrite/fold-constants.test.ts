import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../test/golden/formula.ts';
import { formulaWeights, largestDifference, operators, runEach } from '../../../test/support/compare-graphs.ts';
import { temporaryFolder, writeSyntheticModel } from '../../../test/support/synthetic-model.ts';
import { network } from '../../models/network.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../../models/pixel-values.ts';
import { encodeModel } from '../../onnx/encode.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import { loadWeights, readModelFolder } from '../../platform/node/model-folder.ts';
import type { Backend, NamedTensors, SessionOptions } from '../../runtime/backend.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import type { WeightsSource } from '../../tensor/weights.ts';
import { conv } from '../ops/conv.ts';
import { add, exp, mul, neg, relu } from '../ops/elementwise.ts';
import { reshape } from '../ops/shape.ts';
import { cast } from '../ops/structure.ts';
import { toOnnx } from '../to-onnx.ts';
import { constant, input, parameter } from '../value.ts';
import { parametersOf } from '../walk.ts';
import { foldBatchNormalization } from './fold-batch-normalization.ts';
import { foldConstants, type WeightedGraph } from './fold-constants.ts';

import { type Outputs, rewrite } from './rewrite.ts';

let backend: Backend;
let folder: string;
beforeAll(async () => {
  backend = await nodeBackend();
  folder = await temporaryFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const drawn = { kind: 'normal', std: 1 } as const;
const x = input('x', 'float32', [1, 4, 'height', 'width']);
const weight = parameter('conv.weight', [6, 4, 3, 3], drawn);
const bias = parameter('conv.bias', [6], drawn);
const scale = parameter('scale.weight', [6], drawn);
const scaled = mul(weight, reshape(exp(scale), [6, 1, 1, 1]));
const FEEDS: NamedTensors[] = [{ x: fillScaled('x', [1, 4, 5, 7]) }, { x: fillScaled('other', [1, 4, 9, 3]) }];

async function folded<T extends Outputs>(outputs: T): Promise<WeightedGraph<T>> {
  return foldConstants({ outputs, weights: formulaWeights(outputs) }, { backend });
}

const parameterNames = (outputs: Outputs): string[] => [...parametersOf(Object.values(outputs)).keys()];

async function expectSameNumbers(outputs: Outputs, graph: WeightedGraph, feeds = FEEDS): Promise<void> {
  const expected = await runEach(backend, outputs, formulaWeights(outputs), feeds);
  const got = await runEach(backend, graph.outputs, graph.weights, feeds);
  // The same kernels on the same numbers.
  for (const [index, each] of expected.entries()) {
    expect(largestDifference(got[index] as NamedTensors, each)).toBeLessThan(1e-7);
  }
}

describe('folding constants', () => {
  test('gives the same numbers with nothing left that weights alone decide, and no weight that is not used', async () => {
    const outputs = { y: relu(conv(x, scaled, bias)) };
    const graph = await folded(outputs);
    expect(operators(graph.outputs)).toEqual(['Conv', 'Relu']);
    expect([...graph.weights.keys()].sort()).toEqual(parameterNames(graph.outputs).sort());
    expect(graph.weights.size).toBe(2);
    expect(graph.weights.has('conv.weight')).toBe(false);
    await expectSameNumbers(outputs, graph);
  });

  test('passes on what is used as it is, without a copy', async () => {
    const outputs = { y: conv(x, scaled, bias) };
    const weights = formulaWeights(outputs);
    const graph = await foldConstants({ outputs, weights }, { backend });
    expect(graph.weights.get('conv.bias')).toBe(weights.get('conv.bias'));
  });

  test('computes once what several nodes take, and keeps a weight that is also used plainly', async () => {
    const outputs = { a: conv(x, scaled, bias), b: add(conv(x, scaled, null), conv(x, weight, null)) };
    const graph = await folded(outputs);
    expect(operators(graph.outputs)).toEqual(['Conv', 'Conv', 'Conv', 'Add']);
    expect(graph.weights.size).toBe(3);
    expect(graph.weights.has('conv.weight')).toBe(true);
    await expectSameNumbers(outputs, graph);
  });

  test('computes what is used both by itself and inside of another result', async () => {
    const outputs = { y: add(conv(x, scaled, null), conv(x, neg(scaled), bias)), z: conv(x, exp(scaled), null) };
    const graph = await folded(outputs);
    expect(operators(graph.outputs).sort()).toEqual(['Add', 'Conv', 'Conv', 'Conv']);
    await expectSameNumbers(outputs, graph);
  });

  test('keeps the names and the order of outputs, of which some may be weights or what is made of them', async () => {
    const outputs = { scaled, y: conv(x, scaled, null), weight, again: scaled, alone: exp(scale) };
    const graph = await folded(outputs);
    expect(Object.keys(graph.outputs)).toEqual(['scaled', 'y', 'weight', 'again', 'alone']);
    expect(operators(graph.outputs)).toEqual(['Conv']);
    await expectSameNumbers(outputs, graph);
  });

  test('leaves a graph without such values as it is', async () => {
    const outputs = { y: conv(x, weight, bias), n: neg(x) };
    const graph = { outputs, weights: formulaWeights(outputs) };
    expect(await foldConstants(graph, { backend })).toEqual(graph);
    expect((await foldConstants(graph, { backend })).weights).toBe(graph.weights);
  });

  test('leaves a graph that it has folded as it is', async () => {
    const once = await folded({ y: conv(x, scaled, bias) });
    const twice = await foldConstants(once, { backend });
    expect(twice.outputs).toBe(once.outputs);
    expect(twice.weights).toBe(once.weights);
  });

  test('leaves to the engine what constants of the graph alone decide', async () => {
    const numbers = constant(float32([6], [1, 2, 3, 4, 5, 6]));
    const outputs = { y: conv(x, weight, neg(numbers)) };
    expect((await folded(outputs)).outputs.y).toBe(outputs.y);
  });

  test('keeps the type of what is not float32', async () => {
    const outputs = { y: add(cast(exp(scale), 'int64'), input('n', 'int64', [6])) };
    const graph = await folded(outputs);
    expect(operators(graph.outputs)).toEqual(['Add']);
    expect([...graph.weights.values()].map(({ dtype, shape }) => [dtype, shape])).toEqual([['int64', [6]]]);
    const feeds = [{ n: { dtype: 'int64', shape: [6], data: BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n) } as Tensor }];
    const [expected] = await runEach(backend, outputs, formulaWeights(outputs), feeds);
    const [got] = await runEach(backend, graph.outputs, graph.weights, feeds);
    expect(got?.y).toEqual(expected?.y);
  });

  test('names a weight that is missing', async () => {
    const weights = new Map([...formulaWeights({ y: scaled })].filter(([name]) => name !== 'scale.weight'));
    await expect(foldConstants({ outputs: { y: conv(x, scaled, null) }, weights }, { backend })).rejects.toThrow(
      /^The weights: 1 tensor does not fit the network\.\nMissing, 1:\n {2}scale\.weight /,
    );
  });

  test('computes where and as it was told, and frees the session', async () => {
    const seen: (SessionOptions | undefined)[] = [];
    let open = 0;
    const watched: Backend = {
      ...backend,
      async createSession(model, options) {
        seen.push(options);
        const session = await backend.createSession(model, options);
        open++;
        return {
          ...session,
          device: session.device,
          run: (...all) => session.run(...all),
          dispose: () => {
            open--;
            return session.dispose();
          },
        };
      },
    };
    const outputs = { y: conv(x, scaled, null) };
    await foldConstants({ outputs, weights: formulaWeights(outputs) }, { backend: watched, options: { threads: 1 } });
    expect(seen).toEqual([{ threads: 1, preparation: 'loading' }]);
    expect(open).toBe(0);
  });

  test('takes weights that lie in a file from there', async () => {
    const model = await readModelFolder(await writeSyntheticModel(folder));
    expect([...model.weights.values()].every((value) => 'stored' in value)).toBe(true);
    const plain = { [LOGITS]: network(model.definition, pixelValues()) };
    const rewritten = rewrite(plain, foldBatchNormalization());
    const graph = await foldConstants(
      { outputs: rewritten, weights: model.weights },
      { backend, folder: model.folder as string },
    );
    const names = [...graph.weights.keys()];
    expect(names.some((name) => name.startsWith('folded:'))).toBe(true);
    expect(names.some((name) => model.weights.has(name))).toBe(true);
    // A session takes weights in memory or in files, not both.
    expect([...graph.weights.values()].some((value) => 'stored' in value)).toBe(false);
    const run = async (outputs: Outputs, weights: WeightsSource, at: { folder?: string }): Promise<NamedTensors> => {
      const bytes = encodeModel(toOnnx(outputs, weights, { storage: 'external' }));
      const session = await backend.createSession({ bytes, weights, ...at });
      const results = await session.run({ [PIXEL_VALUES]: fillScaled('x', [1, 3, 65, 97]) });
      await session.dispose();
      return results;
    };
    const got = await run(graph.outputs, graph.weights, { folder: model.folder as string });
    const expected = await run(plain, await loadWeights(model), {});
    expect(largestDifference(got, expected)).toBeLessThan(1e-5);
  });
});
