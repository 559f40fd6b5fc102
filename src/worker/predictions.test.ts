import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, waves, writeSyntheticModel } from '../../test/support/synthetic-model.ts';
import { EngineEndedError, RuntimeError } from '../errors.ts';
import { image } from '../image/image.ts';
import { initialize } from '../nn/initialize.ts';
import { networkParameters } from '../models/network.ts';
import { architecture } from '../models/architectures.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import { nodeTaskFiles as files } from '../platform/node/task-files.ts';
import { writeSafetensors } from '../weights/safetensors.ts';
import { type ImageJob, parseImageJob } from './image-job.ts';
import { Predictions } from './predictions.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const job = (name: string, opacity = 0.5): ImageJob =>
  parseImageJob({
    image: { path: join(folder, `${name}.png`), name },
    request: { images: [folder], model, output: join(folder, 'results'), optimize: 'none', opacity },
  });

const open = async () => image(64, 64, waves(64, 64));

/** Engines of which the first fails to compute with this error, or to load a model, where there is one. */
function engines(error?: Error, failing: 'run' | 'createSession' = 'run') {
  const opened = { count: 0 };
  const backend = async () => {
    const fails = opened.count++ === 0 && error !== undefined;
    const engine = await nodeBackend();
    return {
      ...engine,
      async createSession(...given: Parameters<typeof engine.createSession>) {
        if (fails && failing === 'createSession') throw error;
        const session = await engine.createSession(...given);
        return fails ? Object.assign(session, { run: () => Promise.reject(error) }) : session;
      },
    };
  };
  return { opened, backend };
}

test.each([
  ['whose engine is gone is loaded anew for the next image', new EngineEndedError('gone'), 2],
  ['that could not segment one image is kept for the next', new RuntimeError('too large'), 1],
])('a model %s', async (_, error, count) => {
  const { opened, backend } = engines(error);
  const predictions = new Predictions({ files, backend, onWarning: () => {} });
  await expect(predictions.run(job('a'), open)).rejects.toThrow(error.message);
  const next = predictions.run(job('b'), open);
  if (count === 2) expect((await next).width).toBe(64);
  else await expect(next).rejects.toThrow(error.message);
  expect(opened.count).toBe(count);
  await predictions.dispose();
});

test('an engine that ended while it loaded a model is replaced, too', async () => {
  const { opened, backend } = engines(new EngineEndedError('gone'), 'createSession');
  const predictions = new Predictions({ files, backend, onWarning: () => {} });
  await expect(predictions.run(job('d'), open)).rejects.toThrow('The model cannot be loaded: gone');
  expect((await predictions.run(job('d'), open)).width).toBe(64);
  expect(opened.count).toBe(2);
  await predictions.dispose();
});

test('all requests share an engine, however many come', async () => {
  const { opened, backend } = engines();
  const predictions = new Predictions({ files, backend, onWarning: () => {} });
  for (const opacity of [0.1, 0.2, 0.3, 0.1]) await predictions.run(job('c', opacity), open);
  expect(opened.count).toBe(1);
  await predictions.dispose();
});

describe('a model whose files were replaced under the same path', () => {
  /** A copy of the model, and what puts other weights in its place. */
  async function replaceable(name: string) {
    const own = join(folder, name);
    await cp(model, own, { recursive: true });
    const others = initialize(networkParameters(architecture('refinenet-lw-mobilenetv2', 11)), 2);
    const replace = () => writeFile(join(own, 'model.safetensors'), writeSafetensors(others));
    const of = (image: string): ImageJob => ({ ...job(image), request: { ...job(image).request, model: own } });
    return { own, replace, of };
  }
  const mask = (name: string) => readFile(join(folder, 'results', `${name}.png`));

  test('is loaded anew for the next image', async () => {
    const { replace, of } = await replaceable('replaced');
    const predictions = new Predictions({ files, backend: engines().backend, onWarning: () => {} });
    await predictions.run(of('before'), open);
    await predictions.run(of('still'), open);
    await replace();
    await predictions.run(of('after'), open);
    await predictions.dispose();
    expect((await mask('before')).equals(await mask('still'))).toBe(true);
    expect((await mask('before')).equals(await mask('after'))).toBe(false);
  });

  test('computes no image that was put into the queue for what it was', async () => {
    const { own, replace, of } = await replaceable('awaited');
    const modelDigest = await files.modelDigest(own);
    await replace();
    const predictions = new Predictions({ files, backend: engines().backend, onWarning: () => {} });
    await expect(predictions.run({ ...of('late'), modelDigest }, open)).rejects.toThrow(
      `The model ${own} has other files here than it had where the images were put into the queue. Bring the same ones to all machines, or ask again with another --output.`,
    );
    await predictions.dispose();
  });
});
