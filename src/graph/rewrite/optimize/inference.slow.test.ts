/** Large networks, rewritten, beside the plain ones. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formulaWeights, largestDifference } from '../../../../test/support/compare-graphs.ts';
import { expectSameLogits, network, pixels, REWRITTEN, TOLERANCE } from '../../../../test/support/rewritten-network.ts';
import { temporaryFolder } from '../../../../test/support/synthetic-model.ts';
import { LABEL_SETS } from '../../../labels/sets/label-sets.ts';
import { IMAGENET_PREPROCESSING } from '../../../image/preprocess.ts';
import { networkSession } from '../../../inference/network-session.ts';
import { architecture } from '../../../models/architectures.ts';
import { networkParameters } from '../../../models/network.ts';
import { LOGITS, pixelValues } from '../../../models/pixel-values.ts';
import { refineNet } from '../../../models/refinenet/refinenet.ts';
import { initialize } from '../../../nn/initialize.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import { readModelFolder } from '../../../platform/node/model-folder.ts';
import { writeModelFolder } from '../../../platform/node/write-model-folder.ts';
import type { Backend, NamedTensors } from '../../../runtime/backend.ts';
import { parametersOf, reach } from '../../walk.ts';
import { type Optimization, optimizeInference } from './inference.ts';

let backend: Backend;
let folder: string;
beforeAll(async () => {
  backend = await nodeBackend();
  folder = await temporaryFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder of a network in which all rewriting finds something to do. */
async function writeLightModel(path: string): Promise<string> {
  const definition = architecture('refinenet-lw-resnet18', 11);
  const weights = initialize(networkParameters(definition), 1);
  const description = { definition, classes: LABEL_SETS.camvid.classes, preprocessing: IMAGENET_PREPROCESSING };
  await writeModelFolder(
    path,
    { ...description, weights },
    { title: 'drawn', architecture: 'refinenet-lw-resnet18', origin: 'Drawn at random.' },
  );
  return path;
}

test.each(['refinenet-lw-resnet18', 'refinenet-resnet18'] as const)(
  '%s gives the same logits at every optimization',
  async (name) => {
    await expectSameLogits(name);
  },
);

test('for speed takes weights that are transformed already, and none that is not used', async () => {
  const outputs = network('refinenet-resnet18');
  const weights = formulaWeights(outputs);
  const graph = await optimizeInference({ outputs, weights }, { backend }, { optimization: 'speed' });
  expect(graph.fed).toEqual({});
  expect([...graph.weights.keys()].sort()).toEqual([...parametersOf(Object.values(graph.outputs)).keys()].sort());
  for (const { op, inputs } of reach(Object.values(graph.outputs)).nodes) {
    const { parameters, inputs: fed } = reach(inputs.filter((value) => value !== null));
    expect(parameters.size === 0 || fed.size > 0, `${op.name} of weights alone`).toBe(true);
  }
});

test.each(REWRITTEN)('for %s takes weights that lie in a file from there', async (optimization) => {
  const model = await readModelFolder(await writeLightModel(`${folder}/${optimization}`));
  expect([...model.weights.values()].every((value) => 'stored' in value)).toBe(true);
  const graph = { [LOGITS]: refineNet(model.definition, pixelValues({ batch: 1 })) };
  const run = async (level: Optimization): Promise<NamedTensors> => {
    const session = await networkSession(graph, model, backend, { optimization: level });
    const results = await session.run(pixels(65, 97));
    await session.dispose();
    return results;
  };
  expect(largestDifference(await run(optimization), await run('none'))).toBeLessThan(TOLERANCE);
});
