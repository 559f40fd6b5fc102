/** Whole networks at every optimization, beside the plain ones. */
import { expect } from 'vitest';
import type { WeightedGraph } from '../../src/graph/rewrite/fold-constants.ts';
import { OPTIMIZATIONS, type Optimization } from '../../src/graph/rewrite/optimize/inference.ts';
import type { Outputs } from '../../src/graph/rewrite/rewrite.ts';
import { networkSession } from '../../src/inference/network-session.ts';
import { type ArchitectureName, architecture } from '../../src/models/architectures.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../../src/models/pixel-values.ts';
import { refineNet } from '../../src/models/refinenet/refinenet.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import type { NamedTensors } from '../../src/runtime/backend.ts';
import { fillScaled } from '../golden/formula.ts';
import { formulaWeights, largestDifference } from './compare-graphs.ts';

/** The optimizations that change a graph. */
export const REWRITTEN = OPTIMIZATIONS.filter((name) => name !== 'none');

/** Norm of the difference over the norm of the plain network's logits: rounding, through tens of convolutions. */
export const TOLERANCE = 2e-5;

/** A network of five classes; extents of its input stay open unless they are given. */
export const network = (name: ArchitectureName, shape: Parameters<typeof pixelValues>[0] = { batch: 1 }): Outputs => ({
  [LOGITS]: refineNet(architecture(name, 5), pixelValues(shape)),
});

/** Images by formula, float32 [batch, 3, height, width]. */
export const pixels = (height: number, width: number, batch = 1): NamedTensors => ({
  [PIXEL_VALUES]: fillScaled(`x:${height}x${width}`, [batch, 3, height, width]),
});

/** What a network gives for each of several feeds, all in one session. */
async function logits(
  { outputs, weights }: WeightedGraph,
  optimization: Optimization,
  feeds: readonly NamedTensors[],
): Promise<NamedTensors[]> {
  const session = await networkSession(outputs, { weights }, await nodeBackend(), { optimization });
  try {
    expect(session.inputNames).toEqual([PIXEL_VALUES]);
    const results: NamedTensors[] = [];
    for (const each of feeds) results.push(await session.run(each));
    return results;
  } finally {
    await session.dispose();
  }
}

/** Expects the plain logits at every optimization: of images of several sizes in one session, and of a batch of known size. */
export async function expectSameLogits(name: ArchitectureName): Promise<void> {
  const weights = formulaWeights(network(name));
  for (const [outputs, feeds] of [
    [network(name), [pixels(65, 97), pixels(96, 64), pixels(33, 47)]],
    [network(name, { batch: 2, height: 65, width: 97 }), [pixels(65, 97, 2)]],
  ] as const) {
    const expected = await logits({ outputs, weights }, 'none', feeds);
    for (const optimization of REWRITTEN) {
      const got = await logits({ outputs, weights }, optimization, feeds);
      for (const [index, each] of expected.entries()) {
        const what = `${optimization}, ${feeds[index]?.[PIXEL_VALUES]?.shape.join(' x ')}`;
        expect(largestDifference(got[index] as NamedTensors, each), what).toBeLessThan(TOLERANCE);
      }
    }
  }
}
