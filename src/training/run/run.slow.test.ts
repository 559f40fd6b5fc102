/** Training on several machines, here in one process: what they exchange passes through memory. */
import { beforeAll, expect, test } from 'vitest';
import { MemoryStorage } from '../../../test/support/fakes/training.ts';
import { memorySource } from '../../../test/support/drawn/files.ts';
import { type Dataset, openDataset } from '../../data/dataset.ts';
import { writeShapesDataset } from '../../data/drawn/shapes-dataset.ts';
import { architecture } from '../../models/architectures.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import { decodeDatasetImage } from '../../platform/node/dataset-files.ts';
import type { Backend } from '../../runtime/backend.ts';
import { startingModelFor } from '../starting-model-for.ts';
import { addSums } from '../step/gradient-sums.ts';
import type { GradientExchange, GradientSums } from '../step/types.ts';
import { planTraining } from '../plan.ts';
import { train } from './trainer.ts';

let backend: Backend;
let dataset: Dataset;
beforeAll(async () => {
  backend = await nodeBackend();
  const files: Record<string, Uint8Array> = {};
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    files[path] = bytes;
  };
  await writeShapesDataset({ name: 'shapes', write }, { seed: 0, counts: { train: 8, val: 2 }, size: 32 });
  dataset = await openDataset(memorySource(files));
});

/** With dropout, which must differ between the machines. */
const NETWORK: NetworkDefinition = (() => {
  const { decoder, ...rest } = architecture('refinenet-lw-resnet18', 4);
  return { ...rest, decoder: { ...decoder, widths: [8, 8, 8, 8], dropout: { features: 0.5, classifier: 0.5 } } };
})();

/** Waits for the sums of every machine and adds them in the machines' order. */
function exchanges(count: number): GradientExchange[] {
  let waiting: { own: GradientSums; resolve: (sums: GradientSums) => void }[] = [];
  return Array.from({ length: count }, (_, index) => ({
    index,
    count,
    sum: (own) =>
      new Promise((resolve) => {
        waiting[index] = { own, resolve };
        const all = waiting.filter(Boolean);
        if (all.length < count) return;
        waiting = [];
        const sums = all.map((each) => each.own).reduce(addSums);
        for (const each of all) each.resolve(sums);
      }),
  }));
}

/** The files of a run's `last` after an epoch; every update takes two images in all. */
async function trained(exchange: GradientExchange, accumulate: number): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const data = {
    model: startingModelFor(dataset, { definition: NETWORK }),
    dataset,
    decodeImage: decodeDatasetImage,
  };
  const { configuration } = await planTraining({
    ...data,
    overrides: {
      epochs: 1,
      batch: 1,
      accumulate,
      crop: 32,
      batchNorm: 'statistics-frozen',
      averageDecay: 0.9,
      clipNorm: 0.5,
      seed: 3,
    },
  });
  await train({ ...data, backend, session: { threads: 1 }, storage, validate: null, exchange, configuration });
  return storage;
}

test('two machines come to the same bytes, and to those of one that takes the batches of both', async () => {
  const [first, second] = await Promise.all(exchanges(2).map((exchange) => trained(exchange, 1)));
  const alone = await trained(exchanges(1)[0] as GradientExchange, 2);
  for (const file of ['last/model.safetensors', 'last/training-state.safetensors']) {
    const [a, b, c] = [first, second, alone].map((storage) => storage?.files.get(file) as Uint8Array);
    expect(Buffer.compare(a as Uint8Array, b as Uint8Array), file).toBe(0);
    expect(Buffer.compare(a as Uint8Array, c as Uint8Array), file).toBe(0);
  }
});
