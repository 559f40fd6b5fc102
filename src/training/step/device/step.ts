/**
 * The training step whose state stays on the device: weights, the optimizer's tensors, averages and gradients pass from graph to
 * graph there, in packs that are updated at once; what is copied of a step are its batch, the scalars of its update, its loss and its counts.
 */
import { optimizeDeviceTraining } from '../../../graph/rewrite/optimize/device-training.ts';
import { reach } from '../../../graph/walk.ts';
import type { NetworkDefinition } from '../../../models/families.ts';
import type { Backend, DeviceSession, DeviceTensor, DeviceTensors, SessionOptions } from '../../../runtime/backend.ts';
import { withCurrentStep } from '../../former-names.ts';
import { bindOptimizer } from '../../optimizers/index.ts';
import { checkBatches, checkFiniteStep, checkStep, checkTaught } from '../check-step.ts';
import { compileOnDevice } from '../compile.ts';
import { DeviceState } from './state.ts';
import { DropoutNoise } from '../dropout-noise.ts';
import { batchFeeds, feedsOf, numberOf, withPrefix } from '../named-tensors.ts';
import type { StepOptions } from '../step.ts';
import { type BatchShape, NAMES, networkParts, REPORT } from '../graph.ts';
import { openTeacher, type Teacher } from '../teacher.ts';
import type { Batch, RunnableStep, StepDefinition, StepResult, StepScalars, TrainingState } from '../types.ts';
import { packedGradientGraph } from './packed-graph.ts';
import { packedParts } from './packs.ts';
import { SUMMANDS, sumGraph, type UpdateGraphOptions, updateFeeds, updateGraph } from './update-graph.ts';

export type DeviceStepOptions = Omit<StepOptions, 'optimization' | 'reduction' | 'exchange'>;

/** Whether the state of a step can stay on a session's device. */
export const keepsState = ({ keepsOutputsOn = [] }: Backend, { device }: SessionOptions): boolean =>
  device !== undefined && keepsOutputsOn.includes(device);

/**
 * Compiles a training step whose state stays on the device.
 * @throws UsageError if a part of the definition is outside what is allowed.
 * @throws WeightsError if the state does not fit the network and the step.
 * @throws RuntimeError if the engine cannot load the step's graphs, or the backend cannot keep outputs on the device.
 */
export async function createDeviceStep(options: DeviceStepOptions): Promise<RunnableStep> {
  const { network, shape, backend, teacher, takes } = options;
  const definition = withCurrentStep(options.step);
  checkStep(definition);
  checkTaught(teacher !== undefined, takes);
  const optimizer = bindOptimizer(definition.optimizer);
  const parts = networkParts(network, definition);
  const session = { layout: 'channels-first', ...options.session } as const;
  const packed = packedParts(parts);
  const update = { parts: packed, definition, optimizer };
  const gradients = optimizeDeviceTraining(packedGradientGraph({ ...options, step: definition }, parts, packed));
  const updated = updateGraph(
    update,
    packed.statistics.map(({ name }) => name),
  );
  const sums = definition.accumulate > 1 ? sumGraph(packed) : undefined;
  const keptOf = (outputs: Readonly<Record<string, unknown>>): string[] =>
    Object.keys(outputs).filter((name) => !REPORTED.has(name));
  const opened: Owner[] = [];
  const owned = <T extends Owner>(part: T): T => {
    opened.push(part);
    return part;
  };
  const onDevice = async (outputs: typeof gradients): Promise<DeviceSession> =>
    owned(await compileOnDevice(backend, outputs, { ...session, keeps: keptOf(outputs) }));
  try {
    const state = owned(
      await DeviceState.create({
        state: options.state,
        parts,
        packed,
        slots: optimizer.slots,
        hasEma: definition.averageDecay !== null,
        backend,
        session,
      }),
    );
    return new DeviceStep({
      definition,
      shape,
      classes: network.classes,
      state,
      gradients: await onDevice(gradients),
      noise: new DropoutNoise(reach(Object.values(gradients)).inputs),
      sums: sums && (await onDevice(sums)),
      updates: await onDevice(updated),
      update,
      teacher: teacher && (await openTeacher(teacher, shape, backend, options.session ?? {})),
    });
  } catch (error) {
    await Promise.allSettled(opened.map((part) => part.dispose()));
    throw error;
  }
}

/** What holds memory of the device. */
interface Owner {
  dispose(): Promise<void>;
}

const REPORTED: ReadonlySet<string> = new Set(Object.values(REPORT));

interface DeviceStepParts {
  readonly definition: StepDefinition;
  readonly shape: BatchShape;
  readonly classes: NetworkDefinition['classes'];
  readonly state: DeviceState;
  readonly noise: DropoutNoise;
  /** From weights and a batch to the loss and its gradients. */
  readonly gradients: DeviceSession;
  /** Adds the gradients of micro-batches; not there if each update has one. */
  readonly sums: DeviceSession | undefined;
  /** From state and gradients to the state after them. */
  readonly updates: DeviceSession;
  readonly update: UpdateGraphOptions;
  readonly teacher: Teacher | undefined;
}

/** What the micro-batches so far gave. */
interface Gathered {
  readonly gradients: DeviceTensors;
  readonly norm: number;
  /** The running statistics after them. */
  readonly statistics: DeviceTensors;
  readonly loss: number;
  readonly pixels: number;
  readonly correct: number;
}

class DeviceStep implements RunnableStep {
  readonly #parts: DeviceStepParts;

  constructor(parts: DeviceStepParts) {
    this.#parts = parts;
  }

  async run(
    batches: readonly Batch[],
    scalars: StepScalars,
    dropoutSeed: readonly (string | number)[],
  ): Promise<StepResult> {
    const { state, updates, update } = this.#parts;
    checkBatches(batches, this.#parts);
    const { gradients, statistics, norm, ...counts } = await this.#gather(batches, dropoutSeed);
    const result = { ...counts, gradientNorm: norm };
    try {
      checkFiniteStep(result);
      const numbers = updateFeeds(update, norm, scalars);
      const { kept } = await updates.run(feedsOf(updates, state, { ...numbers, ...gradients, ...statistics }));
      state.replace({ ...statistics, ...kept });
    } catch (error) {
      free(statistics);
      throw error;
    } finally {
      free(gradients);
    }
    return result;
  }

  state(): Promise<TrainingState> {
    return this.#parts.state.read();
  }

  async dispose(): Promise<void> {
    const { state, gradients, sums, updates, teacher } = this.#parts;
    await state.dispose();
    await Promise.all([gradients, sums, updates, teacher].map((part) => part?.dispose()));
  }

  async #gather(batches: readonly Batch[], dropoutSeed: readonly (string | number)[]): Promise<Gathered> {
    let gathered: Gathered | undefined;
    try {
      for (const [index, batch] of batches.entries()) {
        gathered = await this.#gatherOne(batch, [...dropoutSeed, index], gathered);
      }
      return gathered as Gathered;
    } catch (error) {
      free(gathered?.gradients, gathered?.statistics);
      throw error;
    }
  }

  /** Frees what was gathered before once it is in what is returned. */
  async #gatherOne(batch: Batch, seed: readonly (string | number)[], before?: Gathered): Promise<Gathered> {
    const { gradients: session, noise, teacher, definition } = this.#parts;
    // Running statistics move with each micro-batch; the state keeps the old ones until the step is done.
    const moved = before && withPrefix(before.statistics, NAMES.next(''));
    const given = { ...(await batchFeeds(batch, teacher)), ...noise.draw(seed), ...moved };
    const { read, kept } = await session.run(feedsOf(session, this.#parts.state, given));
    const statistics = named(kept, NAMES.next(''));
    const found = named(kept, NAMES.gradient(''));
    const { gradients, norm } = before
      ? await this.#add(before.gradients, found)
      : { gradients: found, norm: numberOf(read, REPORT.gradientNorm) };
    if (before) free(before.gradients, before.statistics, found);
    return {
      gradients,
      norm,
      statistics,
      loss: (before?.loss ?? 0) + numberOf(read, REPORT.loss) / definition.accumulate,
      pixels: (before?.pixels ?? 0) + numberOf(read, REPORT.pixels),
      correct: (before?.correct ?? 0) + numberOf(read, REPORT.correct),
    };
  }

  async #add(
    before: DeviceTensors,
    found: DeviceTensors,
  ): Promise<{ readonly gradients: DeviceTensors; readonly norm: number }> {
    const summands = Object.fromEntries([...renamed(before, SUMMANDS.before), ...renamed(found, SUMMANDS.found)]);
    const { read, kept } = await (this.#parts.sums as DeviceSession).run(summands);
    return { gradients: kept, norm: numberOf(read, REPORT.gradientNorm) };
  }
}

/** Gradients with the names that their parameters get. */
const renamed = (gradients: DeviceTensors, called: (parameter: string) => string): [string, DeviceTensor][] =>
  Object.entries(withPrefix(gradients, NAMES.gradient(''))).map(([name, value]) => [called(name), value]);

/** Those tensors whose names begin so, by their whole names. */
const named = (tensors: DeviceTensors, prefix: string): DeviceTensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith(prefix)));

function free(...sets: readonly (DeviceTensors | undefined)[]): void {
  for (const tensors of sets) for (const tensor of Object.values(tensors ?? {})) tensor.dispose();
}
