/** The state of training as one set of named tensors, twice: the one that is current and the one that a step writes. */
import { WeightsError } from '../errors.ts';
import type { Parameter } from '../graph/value.ts';
import type { NetworkDefinition } from '../models/definition.ts';
import { isStatistic } from '../nn/running-statistics.ts';
import { elementCount, formatShape, sameShape } from '../tensor/shape.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';
import { bindOptimizer } from './optimizers/index.ts';
import { NAMES, type NetworkParts, networkParts } from './step-graph.ts';
import type { StepDefinition, TrainingState } from './types.ts';

/**
 * The state before the first step: optimiser tensors are zero, the moving average is a copy of the weights.
 * @throws WeightsError if a tensor of the network is missing or has another shape; all of them in one message.
 */
export function initialState(network: NetworkDefinition, step: StepDefinition, weights: Weights): TrainingState {
  const parts = networkParts(network, step);
  checkTensors('The weights', weights, new Map([...parts.parameters].map(([name, { shape }]) => [name, shape])));
  const { slots } = bindOptimizer(step.optimizer);
  const optimizer = parts.trainables.flatMap(({ name, parameter: { shape } }) =>
    slots.map((slot): [string, Tensor] => [
      NAMES.slot(slot, name),
      tensor('float32', shape, new Float32Array(elementCount(shape))),
    ]),
  );
  const averaged = step.averageDecay === null ? [] : movingNames(parts);
  return {
    weights: new Map([...parts.parameters.keys()].map((name) => [name, weights.get(name) as Tensor])),
    optimizer: new Map(optimizer),
    average: new Map(averaged.map((name) => [name, copyOf(weights.get(name) as Tensor)])),
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
 * The tensors of a state, current and spare. What a step leaves as it is has no spare and is not copied; the rest is, so that
 * the given state stays untouched.
 */
export class StateBuffers {
  readonly #names: { readonly [Part in keyof TrainingState]: readonly string[] };
  #current: Map<string, Tensor>;
  #spare: Map<string, Tensor>;

  /**
   * @param changing names under which a step gives new tensors.
   * @throws WeightsError if a tensor is missing or has another shape; all of them in one message.
   */
  constructor(given: TrainingState, parts: NetworkParts, slots: readonly string[], averages: boolean) {
    const { parameters, trainables } = parts;
    const moving = movingNames(parts);
    const of = (part: keyof TrainingState, entries: readonly (readonly [name: string, of: string])[]) => {
      const shapes = entries.map(
        ([name, parameter]) => [name, (parameters.get(parameter) as Parameter).shape] as const,
      );
      checkTensors(SUBJECTS[part], given[part], new Map(shapes));
      return entries.map(([name]) => name);
    };
    this.#names = {
      weights: of(
        'weights',
        [...parameters.keys()].map((name) => [name, name]),
      ),
      optimizer: of(
        'optimizer',
        trainables.flatMap(({ name }) => slots.map((slot) => [NAMES.slot(slot, name), name] as const)),
      ),
      average: of('average', averages ? moving.map((name) => [name, name]) : []),
    };
    const changing: [string, Tensor][] = [
      ...moving.map((name): [string, Tensor] => [name, given.weights.get(name) as Tensor]),
      ...this.#names.optimizer.map((name): [string, Tensor] => [name, given.optimizer.get(name) as Tensor]),
      ...this.#names.average.map((name): [string, Tensor] => [NAMES.average(name), given.average.get(name) as Tensor]),
    ];
    const fixed = [...parameters.keys()].map((name): [string, Tensor] => [name, given.weights.get(name) as Tensor]);
    this.#current = new Map([...fixed, ...changing.map(([name, value]): [string, Tensor] => [name, copyOf(value)])]);
    this.#spare = new Map(changing.map(([name, value]) => [name, emptyLike(value)]));
  }

  /** A tensor of the current state by the name that it is fed under. */
  get(name: string): Tensor | undefined {
    return this.#current.get(name);
  }

  /** Where a step writes, by the names of its outputs: the numbers of each tensor on one axis. */
  targets(): Readonly<Record<string, Tensor>> {
    return Object.fromEntries([...this.#spare].map(([name, { data }]) => [NAMES.next(name), inARow(data)]));
  }

  /** Makes what was written to the targets the current state. */
  swap(): void {
    for (const [name, written] of this.#spare) {
      this.#spare.set(name, this.#current.get(name) as Tensor);
      this.#current.set(name, written);
    }
  }

  view(): TrainingState {
    const pick = (names: readonly string[], fedAs = (name: string): string => name): Weights =>
      new Map(names.map((name) => [name, this.#current.get(fedAs(name)) as Tensor]));
    const { weights, optimizer, average } = this.#names;
    return { weights: pick(weights), optimizer: pick(optimizer), average: pick(average, NAMES.average) };
  }
}

const SUBJECTS: Readonly<Record<keyof TrainingState, string>> = {
  weights: "The state's weights",
  optimizer: "The state's optimizer tensors",
  average: "The state's moving average",
};

function checkTensors(subject: string, given: Weights, shapes: ReadonlyMap<string, readonly number[]>): void {
  const problems: string[] = [];
  for (const [name, shape] of shapes) {
    const found = given.get(name);
    if (!found) problems.push(`${name} is missing`);
    else if (found.dtype !== 'float32' || !sameShape(found.shape, shape)) {
      problems.push(`${name} is ${found.dtype} ${formatShape(found.shape)} instead of float32 ${formatShape(shape)}`);
    }
  }
  if (problems.length > 0) {
    throw new WeightsError(`${subject} do not fit the network and its step: ${problems.join('; ')}.`);
  }
}

const copyOf = ({ dtype, shape, data }: Tensor): Tensor => tensor(dtype, shape, data.slice() as typeof data);

const inARow = (data: Tensor['data']): Tensor => tensor('float32', [data.length], data as Float32Array);

const emptyLike = ({ shape }: Tensor): Tensor => tensor('float32', shape, new Float32Array(elementCount(shape)));
