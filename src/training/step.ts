/** Compiles training steps: from a network and a definition to graphs, and from those to a step on an engine. */
import { UsageError } from '../errors.ts';
import { optimizeTraining, REWRITTEN_ON } from '../graph/rewrite/optimize.ts';
import type { Outputs } from '../graph/rewrite/rewrite.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { input, type Parameter, type Value } from '../graph/value.ts';
import { reach } from '../graph/walk.ts';
import type { NetworkDefinition } from '../models/definition.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, SessionOptions } from '../runtime/backend.ts';
import { CompiledStep, type Program } from './compiled-step.ts';
import { DropoutNoise } from './dropout-noise.ts';
import { type BoundOptimizer, bindOptimizer } from './optimizers/index.ts';
import { StateBuffers } from './state.ts';
import {
  type BatchShape,
  gradientValues,
  NAMES,
  type NetworkParts,
  networkParts,
  REPORT,
  updateValues,
} from './step-graph.ts';
import type { StepDefinition, TrainingState, TrainingStep } from './types.ts';

export interface StepOptions {
  readonly network: NetworkDefinition;
  readonly step: StepDefinition;
  /** The extents of each micro-batch. */
  readonly shape: BatchShape;
  readonly backend: Backend;
  /** Where to begin: `initialState`, or a saved state. What a step changes is copied. */
  readonly state: TrainingState;
  readonly session?: SessionOptions;
  /**
   * Whether gradients and update are one graph, or two. Fused when left out, unless micro-batches are accumulated, which
   * needs two.
   */
  readonly form?: 'fused' | 'split';
  /** Whether convolutions and their gradients may take other forms for speed; they may, on the CPU, when left out. */
  readonly optimization?: 'speed' | 'none';
}

/**
 * Compiles a training step.
 * @throws UsageError if a part of the definition is outside what is allowed.
 * @throws WeightsError if the state does not fit the network and the step.
 * @throws RuntimeError if the engine cannot load the step's graphs.
 */
export async function createStep(options: StepOptions): Promise<TrainingStep> {
  const { network, step, shape, backend, state } = options;
  checkStep(step);
  const optimizer = bindOptimizer(step.optimizer);
  const parts = networkParts(network, step);
  const buffers = new StateBuffers(state, parts, optimizer.slots, step.averageDecay !== null);
  const form = step.accumulate > 1 ? 'split' : (options.form ?? 'fused');
  const graphs = form === 'fused' ? fusedGraph(options, parts, optimizer) : splitGraphs(options, parts, optimizer);
  const session = { plansMemory: false, ...options.session };
  const programs: Program[] = [];
  try {
    const isRewritten = (options.optimization ?? 'speed') === 'speed' && REWRITTEN_ON.has(session.device);
    for (const outputs of graphs) {
      programs.push(await compile(backend, isRewritten ? optimizeTraining(outputs, backend.costs) : outputs, session));
    }
  } catch (error) {
    await Promise.all(programs.map((program) => program.session.dispose()));
    throw error;
  }
  return new CompiledStep({
    definition: step,
    shape,
    classes: network.classes,
    optimizer,
    buffers,
    programs: programs as [Program, Program?],
  });
}

const nextOf = (values: ReadonlyMap<string, Value>): Outputs =>
  Object.fromEntries([...values].map(([name, value]) => [NAMES.next(name), value]));

/** One graph from weights, state and batch to new weights and state. */
function fusedGraph({ network, step, shape }: StepOptions, parts: NetworkParts, optimizer: BoundOptimizer): Outputs[] {
  const { loss, pixels, correct, gradients, statistics } = gradientValues(network, step, parts, shape);
  const { gradientNorm, state } = updateValues(step, optimizer, parts.trainables, gradients, statistics);
  const report = { [REPORT.loss]: loss, [REPORT.pixels]: pixels, [REPORT.correct]: correct };
  return [{ ...report, [REPORT.gradientNorm]: gradientNorm, ...nextOf(statistics), ...nextOf(state) }];
}

/** Gradients, and the update that takes their sum. */
function splitGraphs({ network, step, shape }: StepOptions, parts: NetworkParts, optimizer: BoundOptimizer): Outputs[] {
  const first = gradientValues(network, step, parts, shape, 1 / step.accumulate);
  const fed = new Map(
    [...first.gradients].map(([name, { dtype, shape }]) => [name, input(NAMES.gradient(name), dtype, shape)]),
  );
  // The new running statistics are fed under the old ones' names.
  const statistics = new Map(
    [...first.statistics.keys()].map((name) => [name, parts.parameters.get(name) as Parameter]),
  );
  const { gradientNorm, state } = updateValues(step, optimizer, parts.trainables, fed, statistics);
  const gradients = [...first.gradients].map(([name, value]) => [NAMES.gradient(name), value] as const);
  return [
    {
      [REPORT.loss]: first.loss,
      [REPORT.pixels]: first.pixels,
      [REPORT.correct]: first.correct,
      ...Object.fromEntries(gradients),
      ...nextOf(first.statistics),
    },
    { [REPORT.gradientNorm]: gradientNorm, ...nextOf(state) },
  ];
}

async function compile(backend: Backend, outputs: Outputs, options: SessionOptions): Promise<Program> {
  const model = toOnnx(outputs, new Map(), { name: 'training-step', storage: 'inline', parameters: 'inputs' });
  const session = await backend.createSession({ bytes: encodeModel(model), weights: new Map() }, options);
  return { session, noise: new DropoutNoise(reach(Object.values(outputs)).inputs) };
}

function checkStep({ accumulate, clipNorm, averageDecay }: StepDefinition): void {
  const problems: string[] = [];
  if (!Number.isInteger(accumulate) || accumulate < 1) problems.push(`accumulate is at least 1, got ${accumulate}`);
  if (clipNorm !== null && !(clipNorm > 0)) problems.push(`clipNorm is positive, got ${clipNorm}`);
  if (averageDecay !== null && !(averageDecay >= 0 && averageDecay < 1)) {
    problems.push(`averageDecay is from 0 up to, not including, 1, got ${averageDecay}`);
  }
  if (problems.length > 0) throw new UsageError(`The training step does not fit: ${problems.join('; ')}.`);
}
