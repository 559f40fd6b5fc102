/** Cross entropy against PyTorch: values and gradients, both corner rules, with and without class weights. */
import { beforeAll, describe, expect, test } from 'vitest';
import { gradient } from '../../src/graph/gradient/gradient.ts';
import { input } from '../../src/graph/value.ts';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import type { Backend } from '../../src/runtime/backend.ts';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { totalLoss } from '../../src/training/losses/index.ts';
import type { LossDefinition } from '../../src/training/step/types.ts';
import { fillScaled } from './formula.ts';
import { goldenFile } from './golden-file.ts';
import { runGraph } from './run-graph.ts';

const TOLERANCE = 1e-5;

const RESOLUTIONS = { 0: 'upsample-half-pixel', 1: 'upsample-align-corners' } as const;

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

describe.each([0, 1] as const)('cross entropy on logits upsampled with align_corners %i', (corners) => {
  test.each([null, [0.5, 1, 2, 0.25, 3]])(
    'is that of PyTorch, and so is its gradient, class weights: %j',
    async (classWeights) => {
      const golden = goldenFile(`loss-align${corners}${classWeights ? '-weighted' : ''}`);
      expect(JSON.parse((golden.metadata.get('class_weights') as string).replace('none', 'null'))).toEqual(
        classWeights,
      );
      const definition: LossDefinition = {
        terms: [{ name: 'cross-entropy', weight: 1 }],
        classWeights,
        resolution: RESOLUTIONS[corners],
        ignoreIndex: 255,
      };
      const logits = input('logits', 'float32', [2, 5, 6, 8]);
      const { loss, pixels } = totalLoss(logits, input('labels', 'uint8', [2, 23, 31]), definition);
      const [ofLogits] = gradient(loss, [logits]);
      const labels = golden.get('labels') as Tensor;
      const feeds = { logits: fillScaled('loss:logits', [2, 5, 6, 8], 3), labels };
      const results = await runGraph(backend, { loss, pixels, gradient: ofLogits as typeof logits }, new Map(), feeds);

      const [expected] = golden.get('loss').data as unknown as [number];
      expect(Math.abs((results.loss?.data[0] as number) / expected - 1)).toBeLessThan(TOLERANCE);
      expect(relativeDifference(results.gradient?.data as Float32Array, golden.get('grad:logits').data)).toBeLessThan(
        TOLERANCE,
      );
      expect(results.pixels?.data[0]).toBe([...(labels.data as Uint8Array)].filter((label) => label !== 255).length);
    },
  );
});
