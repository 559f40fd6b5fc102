import { expect, test } from 'vitest';
import { RuntimeError } from '../../../errors.ts';
import type { Backend, DeviceSession, DeviceTensor } from '../../../runtime/backend.ts';
import { NETWORK, SIZE, STEP, WEIGHTS, backend as engine } from '../../../../test/support/small-step.ts';
import { initialState } from '../state.ts';
import { createDeviceStep } from './step.ts';

/** A backend whose sessions compute nothing, and of which one cannot be loaded; what they hold is counted. */
function failingBackend(failing: number): { readonly backend: Backend; readonly held: Set<object> } {
  const held = new Set<object>();
  let sessions = 0;
  const hold = <T extends object>(made: (release: () => void) => T): T => {
    const one: T = made(() => held.delete(one));
    held.add(one);
    return one;
  };
  const tensorOnDevice = (): DeviceTensor =>
    hold((release) => ({ dtype: 'float32' as const, shape: [], dispose: release }));
  const createDeviceSession: Backend['createDeviceSession'] = async (_, { keeps }) => {
    sessions++;
    if (sessions === failing) throw new RuntimeError('The device has no room.');
    return hold(
      (release): DeviceSession => ({
        device: 'webgpu',
        provider: 'none',
        inputNames: [],
        outputNames: keeps,
        run: async () => ({ read: {}, kept: Object.fromEntries(keeps.map((name) => [name, tensorOnDevice()])) }),
        dispose: async () => release(),
      }),
    );
  };
  return { backend: { ...engine, keepsOutputsOn: ['webgpu'], createDeviceSession }, held };
}

/** With micro-batches a step has five sessions: state up and down, gradients, their sums, updates. */
const STEP_OF_TWO = { ...STEP, accumulate: 2 };

const made = (backend: Backend) =>
  createDeviceStep({
    network: NETWORK,
    step: STEP_OF_TWO,
    shape: { batch: 1, height: SIZE, width: SIZE },
    backend,
    state: initialState(NETWORK, STEP_OF_TWO, WEIGHTS),
    session: { device: 'webgpu' },
  });

test.each([1, 2, 3, 4, 5])('frees what was loaded before session %i could not be', async (failing) => {
  const { backend, held } = failingBackend(failing);
  await expect(made(backend)).rejects.toThrow('The device has no room.');
  expect([...held]).toEqual([]);
});

test('holds its sessions and its state until it is disposed of', async () => {
  const { backend, held } = failingBackend(6);
  const step = await made(backend);
  expect(held.size).toBeGreaterThan(5);
  await step.dispose();
  expect([...held]).toEqual([]);
});
