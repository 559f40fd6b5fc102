/** Compiles training steps: from a network and a definition to graphs, and from those to a step on an engine. */
import { takesForms } from '../../graph/rewrite/optimize/inference.ts';
import { optimizeTraining } from '../../graph/rewrite/optimize/training.ts';
import { reach } from '../../graph/walk.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import type { Backend, SessionOptions } from '../../runtime/backend.ts';
import { withCurrentStep } from '../former-names.ts';
import { bindOptimizer } from '../optimizers/index.ts';
import { checkStep, checkTaught } from './check-step.ts';
import { compile } from './compile.ts';
import { CompiledStep } from './compiled-step.ts';
import { DropoutNoise } from './dropout-noise.ts';
import { gradientGraph, measured, withoutReshapes } from './gradient-graph.ts';
import { HostState } from './host-state.ts';
import { type BatchContent, type BatchShape, networkParts } from './graph.ts';
import { openTeacher, type TeacherModel } from './teacher.ts';
import type { GradientExchange, Reduction, StepDefinition, TrainingState, TrainingStep } from './types.ts';

/** What a step is compiled from, and the state at which it begins. */
export interface StepOptions {
  readonly network: NetworkDefinition;
  readonly step: StepDefinition;
  /** The extents of each micro-batch. */
  readonly shape: BatchShape;
  readonly backend: Backend;
  /** Where to begin: `initialState`, or a saved state. What a step changes is copied. */
  readonly state: TrainingState;
  readonly session?: SessionOptions;
  /** Whether convolutions and their gradients may take other forms for speed; they may, on the CPU, when left out. */
  readonly optimization?: 'speed' | 'none';
  /**
   * What `gradients` gives. `mean`, when left out without an exchange: of each micro-batch's mean loss, averaged. `sum`, always
   * with an exchange: of the loss summed over pixels, so that sums of several machines, and micro-batches of one, count by the
   * weight of their scored pixels.
   */
  readonly reduction?: Reduction;
  /** The machines that train together: `run` sums over them. The step's batches are this machine's part alone. */
  readonly exchange?: GradientExchange;
  /** What batches hold: `pixels`, when left out, or `features`, what the network's frozen part gives for them. */
  readonly takes?: BatchContent;
  /** What the loss `distill` learns from, a network of the same classes; its weights are in memory. */
  readonly teacher?: Pick<TeacherModel, 'definition' | 'weights'>;
}

/**
 * Compiles a training step.
 * @throws UsageError if a part of the definition is outside what is allowed.
 * @throws WeightsError if the state does not fit the network and the step.
 * @throws RuntimeError if the engine cannot load the step's graphs.
 */
export async function createStep(options: StepOptions): Promise<TrainingStep> {
  const { network, shape, backend, state, exchange, teacher } = options;
  const step = withCurrentStep(options.step);
  const reduction = exchange ? 'sum' : (options.reduction ?? 'mean');
  checkStep(step);
  checkTaught(teacher !== undefined, options.takes);
  const optimizer = bindOptimizer(step.optimizer);
  const parts = networkParts(network, step);
  const { clipNorm, averageDecay } = step;
  const definition = { clipNorm, averageDecay, reduction } as const;
  const hostState = await HostState.create({ state, parts, definition, optimizer });
  const session = options.session ?? {};
  const isRewritten = (options.optimization ?? 'speed') === 'speed' && takesForms(session.device);
  const plain = gradientGraph({ ...options, step }, parts, reduction);
  const outputs = isRewritten ? optimizeTraining(plain, backend.costs) : plain;
  const inRows = withoutReshapes(outputs);
  const given = reduction === 'mean' ? measured(inRows) : inRows;
  const loaded = teacher && (await openTeacher(teacher, shape, backend, session));
  const compiled = await compile(backend, given, session).catch(async (error: unknown) => {
    await loaded?.dispose();
    throw error;
  });
  const program = { session: compiled, noise: new DropoutNoise(reach(Object.values(given)).inputs) };
  const { classes } = network;
  return new CompiledStep({
    definition: step,
    shape,
    classes,
    state: hostState,
    program,
    reduction,
    exchange,
    teacher: loaded,
  });
}
