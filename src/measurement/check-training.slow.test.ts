import { expect, test } from 'vitest';
import { nodeBackend } from '../platform/node/backend.ts';
import type { Backend, NamedTensors } from '../runtime/backend.ts';
import { tensor } from '../tensor/tensor.ts';
import { checkTraining } from './check-training.ts';

const processor = await nodeBackend();

/** A graphics card that computes what the processor does, but for what this does to its results. */
const cardThat = (spoil: (results: NamedTensors) => NamedTensors): Backend => ({
  ...processor,
  keepsOutputsOn: [],
  async createSession(model, options) {
    const session = await processor.createSession(model, { ...options, device: 'cpu' });
    if (options?.device !== 'webgpu') return session;
    const { device, provider, inputNames, outputNames } = session;
    return {
      ...{ device, provider, inputNames, outputNames },
      run: async (...given) => spoil(await session.run(...given)),
      dispose: () => session.dispose(),
    };
  },
});

const changed = (results: NamedTensors, isMeant: (name: string) => boolean, change: (value: number) => number) =>
  Object.fromEntries(
    Object.entries(results).map(([name, value]) => [
      name,
      isMeant(name) ? tensor('float32', value.shape, Float32Array.from(value.data as Float32Array, change)) : value,
    ]),
  );

test('a device that learns what the processor learns is taken', async () => {
  await checkTraining(
    cardThat((results) => results),
    'webgpu',
    'cpu',
  );
});

test('a gradient that is off by a percent is told, and by how much', async () => {
  const card = cardThat((results) =>
    changed(
      results,
      (name) => name.startsWith('gradient:decoder.'),
      (value) => 1.01 * value,
    ),
  );
  await expect(checkTraining(card, 'webgpu', 'cpu')).rejects.toThrow(
    /^WebGPU learns otherwise than the CPU on this machine: the (norm of the gradients|change of the weights) differs by \d/,
  );
});

test('a loss that is another is told', async () => {
  const card = cardThat((results) =>
    changed(
      results,
      (name) => name === 'loss',
      (value) => 1.1 * value,
    ),
  );
  await expect(checkTraining(card, 'webgpu', 'cpu')).rejects.toThrow('the loss differs by 10 %');
});
