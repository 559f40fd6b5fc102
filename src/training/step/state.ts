/** The state of training as one set of named tensors. */
import { WeightsError } from '../../errors.ts';
import type { Parameter } from '../../graph/value.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { isStatistic } from '../../nn/running-statistics.ts';
import { widenWeights } from '../../tensor/float16.ts';
import { describeMismatches, mismatchOf } from '../../tensor/mismatch.ts';
import { elementCount } from '../../tensor/shape.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import type { Arrays } from '../../runtime/kernel.ts';
import { KernelMemory } from '../../runtime/kernel-memory.ts';
import { withCurrentSlots } from '../optimizers/former-slots.ts';
import { bindOptimizer } from '../optimizers/index.ts';
import { NAMES, namesByRole, type NetworkParts, networkParts } from './graph.ts';
import type { StepDefinition, TrainingState } from './types.ts';

/**
 * The state before the first step: optimizer tensors are zero, the EMA is a copy of the weights.
 * @throws WeightsError if a tensor of the network is missing or has another shape; all of them in one message.
 */
export function initialState(network: NetworkDefinition, step: StepDefinition, given: Weights): TrainingState {
  const parts = networkParts(network, step);
  const weights = widenWeights(given);
  checkTensors('The weights', weights, new Map([...parts.parameters].map(([name, { shape }]) => [name, shape])));
  const { slots } = bindOptimizer(step.optimizer);
  const optimizer = parts.trainables.flatMap(({ name, parameter: { shape } }) =>
    slots.map((slot): [string, Tensor] => [
      NAMES.slot(slot, name),
      tensor('float32', shape, new Float32Array(elementCount(shape))),
    ]),
  );
  const withEma = step.averageDecay === null ? [] : movingNames(parts);
  return {
    weights: new Map([...parts.parameters.keys()].map((name) => [name, weights.get(name) as Tensor])),
    optimizer: new Map(optimizer),
    average: new Map(withEma.map((name) => [name, copyOf(weights.get(name) as Tensor)])),
  };
}

/** The weights and statistics that a step changes. */
export function movingNames({ parameters, trainables, mode }: NetworkParts): string[] {
  const trained = new Set(trainables.map(({ name }) => name));
  const moves = (name: string): boolean =>
    trained.has(name) || (isStatistic(name) && mode.batchStatistics(name.replace(/\.[^.]*$/, '')));
  return [...parameters.keys()].filter(moves);
}

/**
 * The tensors of a state that a step changes in place. What it leaves as it is is not copied; the rest is, so that the given
 * state stays untouched.
 */
export class StateBuffers {
  /** Where the tensors lie that a step changes. */
  readonly memory: KernelMemory;
  readonly #names: { readonly [Part in keyof TrainingState]: readonly string[] };
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #slots: readonly string[];

  /**
   * @param slots the optimizer's.
   * @throws WeightsError if a tensor is missing or has another shape; all of them in one message.
   */
  constructor(given: TrainingState, parts: NetworkParts, slots: readonly string[], hasEma: boolean) {
    const { parameters, trainables } = parts;
    const moving = movingNames(parts);
    const optimizer = withCurrentSlots(given.optimizer);
    const of = (part: keyof TrainingState, entries: readonly (readonly [name: string, of: string])[]) => {
      const shapes = entries.map(
        ([name, parameter]) => [name, (parameters.get(parameter) as Parameter).shape] as const,
      );
      checkTensors(SUBJECTS[part], { ...given, optimizer }[part], new Map(shapes));
      return entries.map(([name]) => name);
    };
    this.#slots = slots;
    this.#names = {
      weights: of(
        'weights',
        [...parameters.keys()].map((name) => [name, name]),
      ),
      optimizer: of(
        'optimizer',
        trainables.flatMap(({ name }) => slots.map((slot) => [NAMES.slot(slot, name), name] as const)),
      ),
      average: of('average', hasEma ? moving.map((name) => [name, name]) : []),
    };
    const entries = (names: readonly string[], from: Weights, called = (name: string): string => name) =>
      names.map((name): [string, Tensor] => [called(name), from.get(name) as Tensor]);
    const changing = [
      ...entries(moving, given.weights),
      ...entries(this.#names.optimizer, optimizer),
      ...entries(this.#names.average, given.average, NAMES.ema),
    ];
    this.memory = KernelMemory.for(changing.map(([, { data }]) => data.length));
    this.#tensors = new Map([
      ...entries([...parameters.keys()], given.weights),
      ...changing.map(([name, one]): [string, Tensor] => [name, this.#copyOf(one)]),
    ]);
  }

  /** A tensor by the name that it is fed under. */
  get(name: string): Tensor | undefined {
    return this.#tensors.get(name);
  }

  /** The arrays of a parameter or statistic: `weight`, its slots in the optimizer, and `ema`, as far as there are such. */
  arrays(name: string): Arrays {
    return Object.fromEntries(
      namesByRole(name, this.#slots).flatMap(([role, fedAs]) => {
        const found = this.#tensors.get(fedAs);
        return found ? [[role, found.data as Float32Array]] : [];
      }),
    );
  }

  #copyOf({ shape, data }: Tensor): Tensor {
    const copy = this.memory.allocate(data.length);
    copy.set(data as Float32Array);
    return tensor('float32', shape, copy);
  }

  view(): TrainingState {
    const pick = (names: readonly string[], fedAs = (name: string): string => name): Weights =>
      new Map(names.map((name) => [name, this.#tensors.get(fedAs(name)) as Tensor]));
    const { weights, optimizer, average: ema } = this.#names;
    return { weights: pick(weights), optimizer: pick(optimizer), average: pick(ema, NAMES.ema) };
  }
}

const SUBJECTS: Readonly<Record<keyof TrainingState, string>> = {
  weights: "The state's weights",
  optimizer: "The state's optimizer tensors",
  average: "The state's moving average",
};

function checkTensors(subject: string, given: Weights, shapes: ReadonlyMap<string, readonly number[]>): void {
  const mismatches = [...shapes].flatMap(([name, shape]) => {
    const mismatch = mismatchOf(name, given.get(name), { dtype: 'float32', shape });
    return mismatch ? [mismatch] : [];
  });
  if (mismatches.length > 0) {
    throw new WeightsError(
      describeMismatches(subject, mismatches, 'Check that the state belongs to this network and this optimizer.'),
    );
  }
}

const copyOf = ({ dtype, shape, data }: Tensor): Tensor => tensor(dtype, shape, data.slice() as typeof data);
