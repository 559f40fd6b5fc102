/**
 * Trains with the state on a device and beside the engine, in a process of its own because the driver is chosen when the engine
 * is loaded. Prints one line of JSON a case.
 */
import { messageOf } from '../../../src/errors.ts';
import { reach } from '../../../src/graph/walk.ts';
import { knownShape } from '../../../src/graph/value.ts';
import type { NetworkDefinition } from '../../../src/models/families.ts';
import { network, networkParameters } from '../../../src/models/network.ts';
import { pixelValues } from '../../../src/models/pixel-values.ts';
import { initialize } from '../../../src/nn/initialize.ts';
import { DROPOUT_INPUT } from '../../../src/nn/layers.ts';
import { scope } from '../../../src/nn/scope.ts';
import type { Backend, DeviceSession, DeviceTensor } from '../../../src/runtime/backend.ts';
import { nodeBackend } from '../../../src/platform/node/backend.ts';
import { randomStream } from '../../../src/tensor/random.ts';
import { elementCount } from '../../../src/tensor/shape.ts';
import { bytesOf, float32, type Tensor } from '../../../src/tensor/tensor.ts';
import type { Weights } from '../../../src/tensor/weights.ts';
import { createDeviceStep, type DeviceStepOptions } from '../../../src/training/step/device/step.ts';
import { createRunnableStep } from '../../../src/training/step/runnable-step.ts';
import { initialState } from '../../../src/training/step/state.ts';
import { createStep } from '../../../src/training/step/step.ts';
import { frozenSplit, networkParts } from '../../../src/training/step/graph.ts';
import type { Batch, RunnableStep, StepDefinition, TrainingState } from '../../../src/training/step/types.ts';
import { batchOf, NETWORK, RATES, SIZE, STEP, WEIGHTS, WITHOUT_DROPOUT } from '../small-step.ts';
import { CASES, type DeviceStepCase, IMAGES, type StepLine } from './step-cases.ts';

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

/** A network of other widths than the one that learns. */
const LARGER = { ...WITHOUT_DROPOUT, decoder: { ...WITHOUT_DROPOUT.decoder, widths: [16, 16, 16, 16] as const } };
const TEACHER = { definition: LARGER, weights: initialize(networkParameters(LARGER), 9) };

const networkOf = ({ isTaught }: DeviceStepCase): NetworkDefinition => (isTaught ? NETWORK : WITHOUT_DROPOUT);

const optionsOf = (
  each: DeviceStepCase,
  step: StepDefinition,
  state = initialState(networkOf(each), step, WEIGHTS),
): DeviceStepOptions => ({
  network: networkOf(each),
  step,
  shape,
  backend,
  state,
  session,
  ...(each.isTaught && { teacher: TEACHER }),
  ...(each.isRemembered && { takes: 'features' }),
});

/** A batch of drawn pixels, or of drawn features where those of the frozen part are taken. */
function drawnBatch(each: DeviceStepCase, step: StepDefinition, seed: number): Batch {
  const batch = batchOf(IMAGES, seed);
  if (!each.isRemembered) return batch;
  const { frozen } = frozenSplit(networkOf(each), networkParts(networkOf(each), step), shape);
  const features = Object.entries(frozen).map(([name, value]) => {
    const { normal } = randomStream(seed, name);
    const of = knownShape(value);
    return [name, float32(of, Float32Array.from({ length: elementCount(of) }, normal))] as const;
  });
  return { features: Object.fromEntries(features), labels: batch.labels };
}

/** Bytes that go with each batch of a case: random numbers for what is dropped, and what the teacher says. */
function bytesBeside(each: DeviceStepCase, step: StepDefinition): number {
  const logits = network(networkOf(each), pixelValues(shape), scope('', networkParts(networkOf(each), step).mode));
  const noise = [...reach([logits]).inputs].filter(([name]) => name.startsWith(DROPOUT_INPUT));
  const values = [...noise.map(([, value]) => value), ...(each.isTaught ? [logits] : [])];
  return values.reduce((sum, value) => sum + 4 * elementCount(knownShape(value)), 0);
}

const bytesOfBatch = (batch: Batch): number =>
  ofHost('features' in batch ? { ...batch.features, labels: batch.labels } : { ...batch });

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

for (const each of CASES) {
  const { title, definition } = each;
  const step = { ...STEP, ...definition };
  const sets = [1, 2].map((set) =>
    Array.from({ length: step.accumulate }, (_, index) => drawnBatch(each, step, 10 * set + index)),
  );
  const given = initialState(networkOf(each), step, WEIGHTS);
  const before = copyOf(given);
  const [host, device] = [
    await createStep(optionsOf(each, step)),
    await createRunnableStep(optionsOf(each, step, given)),
  ];
  const expected = await run(host, sets);
  const first = await run(device, sets.slice(0, 1));
  const saved = copyOf(await device.state());
  [copied.fed, copied.read] = [0, 0];
  const results = [...first, ...(await run(device, sets.slice(1), 1))];
  const { fed, read } = copied;
  const state = await device.state();
  const resumed = await createDeviceStep(optionsOf(each, step, saved));
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
    batches: (sets[1] as readonly Batch[]).reduce(
      (sum, batch) => sum + bytesOfBatch(batch) + bytesBeside(each, step),
      0,
    ),
    fed,
    read,
    refused,
    isStateKept: isSame(await resumed.state(), spoiled),
  };
  await Promise.all([host, device, resumed].map((one) => one.dispose()));
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
