/** Whether a device learns what the processor does: a wrong gradient shows in no error, only in a worse model. */
import { RuntimeError } from '../errors.ts';
import { architecture } from '../models/architectures.ts';
import type { NetworkDefinition } from '../models/families.ts';
import { networkParameters } from '../models/network.ts';
import { initialize } from '../nn/initialize.ts';
import type { Backend, Device } from '../runtime/backend.ts';
import { randomStream } from '../tensor/random.ts';
import { float32, tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';
import { createRunnableStep } from '../training/step/runnable-step.ts';
import { initialState } from '../training/step/state.ts';
import type { PixelBatch, StepDefinition } from '../training/step/types.ts';
import { TITLES, worstDifference } from './check-device.ts';

const CLASSES = 3;
const SHAPE = { batch: 2, height: 32, width: 32 } as const;
const SEED = 1;
/** The relative difference that two devices may have: they sum in another order, in the same precision. */
const TOLERANCE = 1e-3;

/** What networks are made of: strided, depthwise and pointwise convolutions, pooling and fusion, in few layers. */
const NETWORK: NetworkDefinition = (() => {
  const { decoder, ...rest } = architecture('refinenet-lw-mobilenetv2', CLASSES);
  return { ...rest, decoder: { ...decoder, taps: ['layer4', 'layer3'], widths: [8, 8], cascade: [1, 2] } };
})();

const STEP: StepDefinition = {
  loss: {
    terms: [
      { name: 'cross-entropy', weight: 1 },
      { name: 'dice', weight: 1 },
    ],
    classWeights: null,
    resolution: 'upsample-half-pixel',
    ignoreIndex: 255,
  },
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-4 },
  batchNorm: 'statistics-frozen',
  decayNormAndBias: true,
  clipNorm: 1,
  averageDecay: null,
  accumulate: 1,
  frozen: [],
};

/**
 * Takes one step of a small network on both.
 * @throws RuntimeError saying what differs by how much, or as the step on the device does.
 */
export async function checkTraining(backend: Backend, device: Device, processor: 'cpu' | 'wasm'): Promise<void> {
  const [expected, got] = [await stepOn(backend, processor), await stepOn(backend, device)];
  for (const [what, numbers] of Object.entries(expected)) {
    const { difference, largest } = worstDifference(got[what as keyof Stepped], numbers);
    if (difference <= TOLERANCE * largest) continue;
    const share = difference / largest;
    const how = Number.isFinite(share) ? `differs by ${(100 * share).toPrecision(2)} %` : 'is no number';
    throw new RuntimeError(
      `${TITLES[device]} learns otherwise than ${TITLES[processor]} on this machine: ${what} ${how}.`,
    );
  }
}

/** What a step came to. */
interface Stepped {
  readonly 'the loss': readonly number[];
  readonly 'the norm of the gradients': readonly number[];
  /** By how much the step changed them. */
  readonly 'the change of the weights': readonly number[];
}

async function stepOn(backend: Backend, device: Device): Promise<Stepped> {
  const weights = initialize(networkParameters(NETWORK), SEED);
  const step = await createRunnableStep({
    network: NETWORK,
    step: STEP,
    shape: SHAPE,
    backend,
    state: initialState(NETWORK, STEP, weights),
    session: { device },
  });
  try {
    const rates = { encoder: 0.1, decoder: 0.1, classifier: 0.1 };
    const { loss, gradientNorm } = await step.run([drawnBatch()], { rates, updates: 0 }, [SEED]);
    const changes = changesOf(weights, (await step.state()).weights);
    return { 'the loss': [loss], 'the norm of the gradients': [gradientNorm], 'the change of the weights': changes };
  } finally {
    await step.dispose();
  }
}

function drawnBatch(): PixelBatch {
  const { batch, height, width } = SHAPE;
  const random = randomStream(SEED, 'check-training');
  const pixels = Float32Array.from({ length: batch * 3 * height * width }, random.normal);
  const labels = Uint8Array.from({ length: batch * height * width }, () => random.integer(CLASSES));
  return {
    pixels: float32([batch, 3, height, width], pixels),
    labels: tensor('uint8', [batch, height, width], labels),
  };
}

const changesOf = (before: Weights, after: Weights): number[] =>
  [...before].flatMap(([name, { data }]) => {
    const moved = after.get(name)?.data ?? [];
    return Array.from(data as Float32Array, (value, index) => Number(moved[index]) - value);
  });
