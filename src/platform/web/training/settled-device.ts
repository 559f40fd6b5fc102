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
 * @throws RuntimeError if the engine does not start, or the card does not answer.
 */
export async function settledDevice(
  backend: Backend,
  { name, reason, isTried, threads }: RequestedDevice,
): Promise<ModelDevice> {
  const wasm = { name: 'wasm', threads } as const;
  if (!isTried) {
    await started(backend, name);
    return name === 'wasm' ? { ...wasm, reason } : { name, threads: 1, reason };
  }
  // An engine that waits for a card computes nothing else meanwhile: what does not answer ends the run.
  const silent = `The graphics card did not answer within ${seconds(ENGINE_START)}. Train with { device: 'wasm' }.`;
  const fault = await within(faultOf(backend), ENGINE_START, silent);
  if (fault === undefined) return { name, threads: 1, reason };
  await started(backend, 'wasm');
  return { ...wasm, reason: `WebGPU was tried and given up: ${fault}` };
}

async function started(backend: Backend, device: ModelDevice['name']): Promise<void> {
  const silent = `The engine did not start within ${seconds(ENGINE_START)}. If the page's threads wait for each other, train with { threads: 1 }.`;
  await within(startEngine(backend, false, device), ENGINE_START, silent);
}

/** Why WebGPU is not to be used; undefined if it computes and learns what WASM does. */
async function faultOf(backend: Backend): Promise<string | undefined> {
  try {
    await checkDevice(backend, 'webgpu', 'wasm');
    await checkTraining(backend, 'webgpu', 'wasm');
    return undefined;
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return messageOf(error);
  }
}
