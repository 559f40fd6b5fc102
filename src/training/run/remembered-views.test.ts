import { expect, test } from 'vitest';
import { relu } from '../../graph/ops/elementwise.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { pixelValues } from '../../models/pixel-values.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import { tensor } from '../../tensor/tensor.ts';
import { RememberedViews } from './remembered-views.ts';
import type { BatchSource } from './parts.ts';

/** One image of 2 x 3 pixels in a batch, whose last row is padding. */
const PADDED: BatchSource = {
  batchesPerEpoch: 1,
  async *batches() {
    const rows = [1, 3, 2, 6, 9, 9];
    yield {
      images: tensor('float32', [1, 3, 3, 2], Float32Array.from([...rows, ...rows, ...rows])),
      labels: tensor('uint8', [1, 3, 2], Uint8Array.from([0, 1, 1, 0, IGNORE_INDEX, IGNORE_INDEX])),
    };
  },
};

test.each([
  [true, [1, 3, 2, 6, 3, 3]],
  [false, [1, 3, 2, 6, 9, 9]],
])('padding is remembered as the mean of its image where it is asked for: %s', async (fillsPadding, expected) => {
  const frozen = { 'features:0': relu(pixelValues({ batch: 1, height: 3, width: 2 })) };
  const options = { images: PADDED, views: 1, frozen, fillsPadding, weights: new Map(), backend: await nodeBackend() };
  const views = new RememberedViews(options);
  const batches = views.batches({ seed: 0, epoch: 0, position: 0 });
  // The second time it comes from memory.
  for (const _ of [1, 2]) {
    const { value } = await batches.next();
    if (!value || !('features' in value)) throw new Error('no features');
    expect([...(value.features['features:0']?.data ?? [])]).toEqual([...expected, ...expected, ...expected]);
  }
  await batches.return?.(undefined);
  await views.dispose();
});
