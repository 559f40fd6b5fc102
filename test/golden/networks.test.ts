/** The smallest published network against PyTorch's logits; networks.slow.test.ts has them all, on WASM too. */
import { test } from 'vitest';
import { OPTIMIZATIONS } from '../../src/graph/rewrite/optimize/inference.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import { expectLogits } from './expect-logits.ts';

const NETWORK = { name: 'lightweight_mobilenetv2', architecture: 'refinenet-lw-mobilenetv2' };

test.each(OPTIMIZATIONS)('the logits are those of PyTorch at both sizes, optimization: %s', async (optimization) => {
  await expectLogits(NETWORK, await nodeBackend(), optimization);
});
