/** What a page's run computes on: what was chosen, or WASM where a graphics card was tried and given up. */
import { messageOf, RuntimeError } from '../../../errors.ts';
import { checkDevice } from '../../../measurement/check-device.ts';
import { checkTraining } from '../../../measurement/check-training.ts';
import type { Backend } from '../../../runtime/backend.ts';
import { ENGINE_START, seconds, within } from '../limits.ts';
import type { ModelDevice } from '../model-device.ts';
import { startEngine } from '../start-engine.ts';
import type { RequestedDevice } from './messages.ts';

/**
 * Starts the engine, and lets a graphics card that is tried prove that it computes and learns what WASM does.
 * @throws RuntimeError if the engine does not start.
 */
export async function settledDevice(
  backend: Backend,
  { name, reason, isTried, threads }: RequestedDevice,
): Promise<ModelDevice> {
  const wasm = { name: 'wasm', threads } as const;
  if (!isTried) {
    await started(backend);
    return name === 'wasm' ? { ...wasm, reason } : { name, threads: 1, reason };
  }
  try {
    const silent = `it did not answer within ${seconds(ENGINE_START)}.`;
    await within(proven(backend), ENGINE_START, silent);
    return { name, threads: 1, reason };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    await started(backend);
    return { ...wasm, reason: `WebGPU was tried and given up: ${messageOf(error)}` };
  }
}

async function started(backend: Backend): Promise<void> {
  const silent = `The engine did not start within ${seconds(ENGINE_START)}. If the page's threads wait for each other, train with { threads: 1 }.`;
  await within(startEngine(backend, false), ENGINE_START, silent);
}

async function proven(backend: Backend): Promise<void> {
  await checkDevice(backend, 'webgpu', 'wasm');
  await checkTraining(backend, 'webgpu', 'wasm');
}
