/** Measures what small operators cost on the WebGPU provider, in a process of its own as the driver is chosen when the engine is loaded. */
import { measureCosts } from '../../../src/measurement/measure-costs.ts';
import { nodeBackend } from '../../../src/platform/node/backend.ts';

const costs = await measureCosts(await nodeBackend(), {
  session: { device: 'webgpu' },
  steady: Number.POSITIVE_INFINITY,
  sizes: { channels: 8, side: 16, smallSide: 4 },
});
process.stdout.write(JSON.stringify(costs));
