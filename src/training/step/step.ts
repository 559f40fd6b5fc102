/** Compiles training steps: from a network and a definition to graphs, and from those to a step on an engine. */
import { UsageError } from '../../errors.ts';
import { Reshape } from '../../graph/ops/shape.ts';
import { REWRITTEN_ON } from '../../graph/rewrite/optimize.ts';
import { optimizeTraining } from '../../graph/rewrite/optimize-training.ts';
import type { Outputs } from '../../graph/rewrite/rewrite.ts';
import { toOnnx } from '../../graph/to-onnx.ts';
import type { Value } from '../../graph/value.ts';
import { reach } from '../../graph/walk.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type { Backend, SessionOptions } from '../../runtime/backend.ts';
import { withCurrentStep } from '../former-names.ts';
import { CompiledStep, type Program } from './compiled-step.ts';
import { DropoutNoise } from './dropout-noise.ts';
import { bindOptimizer } from '../optimizers/index.ts';
import { HostState } from './host-state.ts';
import {
  type BatchContent,
  type BatchShape,
  globalNorm,
  gradientValues,
  NAMES,
  type NetworkParts,
  networkParts,
  number,
  REPORT,
} from './step-graph.ts';
import { openTeacher, type TeacherModel, teacherShape } from './teacher.ts';
import type { GradientExchange, Reduction, StepDefinition, TrainingState, TrainingStep } from './types.ts';

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
  if (teacher && options.takes === 'features') {
    throw new UsageError(
      'A teacher looks at pixels, which are not kept of remembered views. Train without one of the two.',
    );
  }
  const optimizer = bindOptimizer(step.optimizer);
  const parts = networkParts(network, step);
  const { clipNorm, averageDecay } = step;
  const definition = { clipNorm, averageDecay, reduction } as const;
  const hostState = await HostState.create({ state, parts, definition, optimizer });
  const session = { preparation: 'memory', ...options.session } as const;
  const isRewritten = (options.optimization ?? 'speed') === 'speed' && REWRITTEN_ON.has(session.device);
  const plain = gradientGraph({ ...options, step }, parts, reduction);
  const outputs = isRewritten ? optimizeTraining(plain, backend.costs) : plain;
  const inRows = withoutReshapes(outputs);
  const program = await compile(backend, reduction === 'mean' ? measured(inRows) : inRows, session);
  const { classes } = network;
  const loaded = teacher && (await openTeacher(teacher, shape, backend, options.session ?? {}));
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

/** Computes from weights and a batch the loss, its gradients and the new running statistics. */
function gradientGraph(
  { network, step, shape, teacher, takes }: StepOptions,
  parts: NetworkParts,
  reduction: Reduction,
): Outputs {
  const ofMean = number(1 / step.accumulate);
  const { loss, weight, pixels, correct, gradients, statistics } = gradientValues(
    network,
    step,
    parts,
    shape,
    reduction === 'mean' ? () => ofMean : (values) => values.weight,
    teacher && teacherShape(teacher.definition, shape),
    takes,
  );
  const named = (values: ReadonlyMap<string, Value>, called: (name: string) => string): Outputs =>
    Object.fromEntries([...values].map(([name, value]) => [called(name), value]));
  return {
    [REPORT.loss]: loss,
    ...(reduction === 'sum' && { [REPORT.weight]: weight }),
    [REPORT.pixels]: pixels,
    [REPORT.correct]: correct,
    ...named(gradients, NAMES.gradient),
    ...named(statistics, NAMES.next),
  };
}

const isGradient = (name: string): boolean => name.startsWith(NAMES.gradient(''));

/** The gradients without the last changes of their shapes: the engine copies what such a change makes an output. */
const withoutReshapes = (outputs: Outputs): Outputs =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, isGradient(name) ? beforeReshape(value) : value]),
  );

/** The update, and the norm of the gradients. */
function measured(outputs: Outputs): Outputs {
  const gradients = Object.entries(outputs).flatMap(([name, value]) => (isGradient(name) ? [value] : []));
  return { ...outputs, [REPORT.gradientNorm]: globalNorm(gradients) };
}

const beforeReshape = (value: Value): Value =>
  value.source.kind === 'node' && value.source.node.op.name === Reshape.name
    ? beforeReshape(value.source.node.inputs[0] as Value)
    : value;

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
