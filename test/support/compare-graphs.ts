/** A rewritten graph beside the plain one: how far their numbers are apart, and which operators each takes. */
import { Conv } from '../../src/graph/ops/conv.ts';
import type { Outputs } from '../../src/graph/rewrite/rewrite.ts';
import type { Value } from '../../src/graph/value.ts';
import { toOnnx } from '../../src/graph/to-onnx.ts';
import { parametersOf, reach } from '../../src/graph/walk.ts';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import type { Backend, NamedTensors } from '../../src/runtime/backend.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import type { Weights, WeightsSource } from '../../src/tensor/weights.ts';
import { fillWeights } from '../golden/formula.ts';

/** Weights by formula for all parameters of a graph. */
export const formulaWeights = (outputs: Outputs): Weights =>
  fillWeights([...parametersOf(Object.values(outputs))].map(([name, { shape }]) => [name, shape] as const));

/** What a graph gives for each of several feeds, all in one session. */
export async function runEach(
  backend: Backend,
  outputs: Outputs,
  weights: WeightsSource,
  feeds: readonly NamedTensors[],
): Promise<NamedTensors[]> {
  const bytes = encodeModel(toOnnx(outputs, weights, { storage: 'external' }));
  const session = await backend.createSession({ bytes, weights });
  try {
    const results: NamedTensors[] = [];
    for (const each of feeds) results.push(await session.run(each));
    return results;
  } finally {
    await session.dispose();
  }
}

/** Norm of the difference over the norm of the reference, the largest of all outputs; infinite where shapes differ. */
export function largestDifference(results: NamedTensors, reference: NamedTensors): number {
  const names = Object.keys(reference);
  if (Object.keys(results).join() !== names.join()) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...names.map((name) => {
      const [got, expected] = [results[name], reference[name]] as [Tensor<'float32'>, Tensor<'float32'>];
      if (got.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
      return relativeDifference(got.data, expected.data);
    }),
  );
}

/** How far a rewritten graph's numbers are from the plain graph's, for each of several feeds, with weights by formula. */
export async function differences(
  backend: Backend,
  plain: Outputs,
  rewritten: Outputs,
  feeds: readonly NamedTensors[],
): Promise<number[]> {
  const weights = formulaWeights(plain);
  const expected = await runEach(backend, plain, weights, feeds);
  const got = await runEach(backend, rewritten, weights, feeds);
  return expected.map((reference, index) => largestDifference(got[index] as NamedTensors, reference));
}

/** The operators of a graph in the order in which they are computed. */
export const operators = (outputs: Outputs): string[] => reach(Object.values(outputs)).nodes.map(({ op }) => op.name);

/** How many convolutions a graph has in Winograd's form: each transforms tiles by a convolution of single planes with n² kernels. */
export const winogradForms = (outputs: Outputs): number =>
  reach(Object.values(outputs)).nodes.filter(({ op, inputs }) => {
    if (op.name !== Conv.name) return false;
    const [positions, channels, height, width] = (inputs[1] as Value).shape as number[];
    return channels === 1 && height === width && height !== undefined && positions === height ** 2;
  }).length;
