/** Holds a published network's logits against PyTorch's. */
import { expect } from 'vitest';
import type { Optimization } from '../../src/graph/rewrite/optimize/inference.ts';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { networkSession } from '../../src/inference/network-session.ts';
import { importModel } from '../../src/models/import-model.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../../src/models/pixel-values.ts';
import { refineNet } from '../../src/models/refinenet/refinenet.ts';
import type { Backend } from '../../src/runtime/backend.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { fillTensor, fillWeights } from './formula.ts';
import { goldenFile, stateDictNames } from './golden-file.ts';

/** Norm of the difference over norm of the reference: float32 sums differ in their last digits between engines. */
const TOLERANCE = 1e-4;

const SIZES = ['64x96', '97x131'] as const;

/** Imports weights by formula under a publisher's names, and expects PyTorch's logits at both sizes from one session. */
export async function expectLogits(
  { name, architecture }: { readonly name: string; readonly architecture: string },
  backend: Backend,
  optimization: Optimization,
): Promise<void> {
  const published = fillWeights(Object.entries(stateDictNames()[name] ?? {}));
  const model = importModel(published, { subject: name, reinitialize: 'none', seed: 0 });
  expect(model.architecture).toBe(architecture);
  const graph = { [LOGITS]: refineNet(model.definition, pixelValues({ batch: 1 })) };
  const session = await networkSession(graph, { weights: model.weights }, backend, { optimization });
  try {
    for (const size of SIZES) {
      const golden = goldenFile(`${name}-${size}`);
      const shape = JSON.parse(golden.metadata.get('input_shape') as string) as number[];
      const pixels = fillTensor(golden.metadata.get('input') as string, shape);
      const { [LOGITS]: logits } = await session.run({ [PIXEL_VALUES]: pixels });
      const expected = golden.get('logits');
      expect(logits?.shape).toEqual(expected.shape);
      const difference = relativeDifference((logits as Tensor<'float32'>).data, expected.data);
      expect(difference, `${name} at ${size} on ${backend.name} for ${optimization}`).toBeLessThan(TOLERANCE);
    }
  } finally {
    await session.dispose();
  }
}
