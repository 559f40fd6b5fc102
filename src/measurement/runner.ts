/** What is measured: a network's forward pass, or a training step, loaded into an engine. */
import { type Optimization, REWRITING } from '../graph/rewrite/optimize/inference.ts';
import { networkSession } from '../inference/network-session.ts';
import type { NetworkDefinition } from '../models/families.ts';
import { network } from '../models/network.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../models/pixel-values.ts';
import type { Backend, Device } from '../runtime/backend.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Weights, WeightsSource } from '../tensor/weights.ts';
import { initialState } from '../training/step/state.ts';
import { createRunnableStep } from '../training/step/runnable-step.ts';
import type { StepDefinition, TrainingState } from '../training/step/types.ts';
import type { Load } from './load.ts';
import { drawnLabels, drawnPixels } from './drawn-weights.ts';

export interface Subject {
  readonly definition: NetworkDefinition;
  readonly weights: WeightsSource;
  /** Where stored weights lie. */
  readonly folder?: string;
}

export interface RunnerOptions {
  readonly device: Device;
  readonly threads?: number;
  readonly optimization: Optimization;
}

export interface Runner {
  /** One forward pass or step. */
  run(): Promise<void>;
  dispose(): Promise<void>;
}

export interface InferenceRunner extends Runner {
  /** The network's output for the pixels it is run on. */
  logits(): Promise<Tensor<'float32'>>;
}

export interface TrainingRunner extends Runner {
  /** One step: its loss. */
  step(): Promise<number>;
  state(): Promise<TrainingState>;
}

/** What really is done on a device. */
export function effectiveOptimization(optimization: Optimization, device: Device): Optimization {
  return REWRITING[device] ? optimization : 'none';
}

/** The one that training has: for speed unless it is none, and always where a device's steps have forms of their own. */
export function trainingOptimization(optimization: Optimization, device: Device): Optimization {
  return REWRITING[device] === 'fewer' || optimization !== 'none' ? effectiveOptimization('speed', device) : 'none';
}

/**
 * The network from normalized pixels to logits, at a size that is known at loading, as a segmenter is told the size to expect.
 */
export async function inferenceRunner(
  subject: Subject,
  { width, height, batch }: Load,
  backend: Backend,
  options: RunnerOptions,
): Promise<InferenceRunner> {
  const outputs = {
    [LOGITS]: network(subject.definition, pixelValues({ batch, height, width })),
  };
  const session = await networkSession(outputs, subject, backend, options);
  const feeds = { [PIXEL_VALUES]: drawnPixels(batch, height, width) };
  const logits = async (): Promise<Tensor<'float32'>> => (await session.run(feeds))[LOGITS] as Tensor<'float32'>;
  return {
    logits,
    run: async () => {
      await logits();
    },
    dispose: () => session.dispose(),
  };
}

/** The step that is measured: batch normalization with fixed statistics and trained weights, SGD with momentum. */
export const MEASURED_STEP: StepDefinition = {
  loss: {
    terms: [{ name: 'cross-entropy', weight: 1 }],
    classWeights: null,
    resolution: 'upsample-half-pixel',
    ignoreIndex: 255,
  },
  optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-5 },
  batchNorm: 'statistics-frozen',
  decayNormAndBias: true,
  clipNorm: null,
  averageDecay: null,
  accumulate: 1,
  frozen: [],
};

/** Small enough that any number of steps on drawn labels leaves the weights ordinary. */
const RATE = 1e-6;

export async function trainingRunner(
  { definition, weights }: Subject & { readonly weights: Weights },
  { width, height, batch }: Load,
  backend: Backend,
  { device, threads, optimization }: RunnerOptions,
): Promise<TrainingRunner> {
  const compiled = await createRunnableStep({
    network: definition,
    step: MEASURED_STEP,
    shape: { batch, height, width },
    backend,
    state: initialState(definition, MEASURED_STEP, weights),
    session: { device, ...(threads !== undefined && { threads }) },
    optimization: optimization === 'none' ? 'none' : 'speed',
  });
  const data = {
    pixels: drawnPixels(batch, height, width),
    labels: drawnLabels(batch, height, width, definition.classes),
  };
  const rates = { encoder: RATE, decoder: RATE, classifier: RATE };
  let updates = 0;
  const step = async (): Promise<number> => {
    const { loss } = await compiled.run([data], { rates, updates }, [1, 'benchmark', updates++]);
    return loss;
  };
  return {
    step,
    state: async () => compiled.state(),
    run: async () => {
      await step();
    },
    dispose: () => compiled.dispose(),
  };
}
