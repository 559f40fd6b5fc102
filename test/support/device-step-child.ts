/**
 * Trains with the state on a device and beside the engine, in a process of its own because the driver is chosen when the engine
 * is loaded. Prints one line of JSON a case.
 */
import { messageOf } from '../../src/errors.ts';
import type { Backend, DeviceSession, DeviceTensor } from '../../src/runtime/backend.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import { bytesOf, type Tensor } from '../../src/tensor/tensor.ts';
import type { Weights } from '../../src/tensor/weights.ts';
import { createDeviceStep } from '../../src/training/step/device/step.ts';
import { createRunnableStep } from '../../src/training/step/runnable-step.ts';
import { initialState } from '../../src/training/step/state.ts';
import { createStep } from '../../src/training/step/step.ts';
import type { Batch, RunnableStep, StepDefinition, TrainingState } from '../../src/training/step/types.ts';
import { batchOf, RATES, SIZE, STEP, WEIGHTS, WITHOUT_DROPOUT as NETWORK } from './small-step.ts';
import { CASES, IMAGES, type StepLine } from './device-step-cases.ts';

/** What runs copied to the device and back. */
const copied = { fed: 0, read: 0 };
const ofHost = (values: Readonly<Record<string, Tensor | DeviceTensor>>): number =>
  Object.values(values).reduce((sum, value) => sum + ('data' in value ? value.data.byteLength : 0), 0);

/** The backend, counting what its device sessions copy. */
function counting(backend: Backend): Backend {
  const create = backend.createDeviceSession as NonNullable<Backend['createDeviceSession']>;
  return {
    ...backend,
    async createDeviceSession(model, options) {
      const session = await create(model, options);
      const run: DeviceSession['run'] = async (feeds) => {
        const results = await session.run(feeds);
        copied.fed += ofHost(feeds);
        copied.read += ofHost(results.read);
        return results;
      };
      const { device, provider, inputNames, outputNames } = session;
      return { device, provider, inputNames, outputNames, run, dispose: () => session.dispose() };
    },
  };
}

const backend = counting(await nodeBackend());
const session = { device: 'webgpu' } as const;
const shape = { batch: IMAGES, height: SIZE, width: SIZE };

const optionsOf = (step: StepDefinition, state = initialState(NETWORK, step, WEIGHTS)) => ({
  network: NETWORK,
  step,
  shape,
  backend,
  state,
  session,
});

/** Runs an update for each set of micro-batches; `updates` were done before. */
async function run(step: RunnableStep, sets: readonly (readonly Batch[])[], updates = 0, rate?: number) {
  const results = [];
  for (const [index, batches] of sets.entries()) {
    const at = updates + index;
    const rates = rate === undefined ? RATES : { encoder: rate, decoder: rate, classifier: rate };
    results.push(await step.run(batches, { rates, updates: at }, [1, 'dropout', at]));
  }
  return results;
}

const PARTS = ['weights', 'optimizer', 'average'] as const;

const tensorsOf = (state: TrainingState): readonly (readonly [string, Tensor])[] =>
  PARTS.flatMap((part) => [...state[part]].map(([name, value]) => [`${part} ${name}`, value] as const));

/** The largest difference, by the largest number of its tensor. */
function difference(one: TrainingState, other: TrainingState): number {
  const others = new Map(tensorsOf(other));
  let worst = 0;
  for (const [name, { data }] of tensorsOf(one)) {
    const against = (others.get(name) as Tensor).data as Float32Array;
    const values = data as Float32Array;
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
    values.forEach((value, index) => {
      const found = Math.abs(value - (against[index] as number)) / scale;
      if (!(found <= worst)) worst = found;
    });
  }
  return worst;
}

const namesOf = (state: TrainingState): string =>
  tensorsOf(state)
    .map(([name]) => name)
    .join();
const isSame = (one: TrainingState, other: TrainingState): boolean =>
  namesOf(one) === namesOf(other) &&
  tensorsOf(one).every(([, value], index) =>
    Buffer.from(bytesOf(value)).equals(Buffer.from(bytesOf((tensorsOf(other)[index] as readonly [string, Tensor])[1]))),
  );
const copyOf = (state: TrainingState): TrainingState => {
  const copy = (weights: Weights): Weights =>
    new Map([...weights].map(([name, value]) => [name, { ...value, data: value.data.slice() } as Tensor]));
  return { weights: copy(state.weights), optimizer: copy(state.optimizer), average: copy(state.average) };
};

for (const { title, definition } of CASES) {
  const step = { ...STEP, ...definition };
  const sets = [1, 2].map((set) =>
    Array.from({ length: step.accumulate }, (_, index) => batchOf(IMAGES, 10 * set + index)),
  );
  const given = initialState(NETWORK, step, WEIGHTS);
  const before = copyOf(given);
  const [host, device] = [await createStep(optionsOf(step)), await createRunnableStep(optionsOf(step, given))];
  const expected = await run(host, sets);
  const first = await run(device, sets.slice(0, 1));
  const saved = copyOf(await device.state());
  [copied.fed, copied.read] = [0, 0];
  const results = [...first, ...(await run(device, sets.slice(1), 1))];
  const { fed, read } = copied;
  const state = await device.state();
  const resumed = await createDeviceStep(optionsOf(step, saved));
  await run(resumed, sets.slice(1), 1);
  const isResumedSame = isSame(await resumed.state(), state);
  // So far that the next loss is no number.
  await run(resumed, sets.slice(0, 1), 2, 1e30);
  const spoiled = await resumed.state();
  const refused = await run(resumed, sets.slice(0, 1), 3).then(() => 'nothing', messageOf);
  const line: StepLine = {
    title,
    results,
    expected,
    difference: difference(host.state(), state),
    isResumedSame,
    isGivenUntouched: isSame(given, before),
    fed,
    read,
    refused,
    isStateKept: isSame(await resumed.state(), spoiled),
  };
  await Promise.all([host, device, resumed].map((one) => one.dispose()));
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
