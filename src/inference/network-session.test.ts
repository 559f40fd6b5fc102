import { describe, expect, test } from 'vitest';
import { formulaWeights } from '../../test/support/compare-graphs.ts';
import { RuntimeError } from '../errors.ts';
import { conv } from '../graph/ops/conv.ts';
import { parameter } from '../graph/value.ts';
import { pixelValues } from '../models/pixel-values.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import type { Backend } from '../runtime/backend.ts';
import { networkSession } from './network-session.ts';

/** An engine that folds constants, but loads no network, for a reason of its own. */
async function failing(reason: string): Promise<Backend> {
  const backend = await nodeBackend();
  return {
    ...backend,
    createSession: (model, { device: _, ...options } = {}) =>
      options.preparation === 'loading'
        ? backend.createSession(model, options)
        : Promise.reject(new RuntimeError(`could not load the model on webgpu: ${reason}`)),
  };
}

describe('a session in float16', () => {
  const weight = parameter('weight', [4, 3, 1, 1], { kind: 'constant', value: 1 });
  const outputs = { y: conv(pixelValues(), weight, null) };
  const open = async (reason: string) =>
    networkSession(outputs, { weights: formulaWeights(outputs) }, await failing(reason), {
      device: 'webgpu',
      precision: 'float16',
    });

  test('says what is missing and what to do on a graphics card that computes nothing in it', async () => {
    const reason = 'Program Transpose requires f16 but the device does not support it.';
    await expect(open(reason)).rejects.toThrow(
      'This graphics card computes no float16 ("shader-f16"). Leave the precision at float32.',
    );
  });

  test('leaves other failures as the engine tells them', async () => {
    await expect(open('out of memory')).rejects.toThrow('could not load the model on webgpu: out of memory');
  });
});
