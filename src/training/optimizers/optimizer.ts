/** What an optimizer is to the training step. */
import { scalarLike } from '../../graph/ops/constants.ts';
import { add, mul } from '../../graph/ops/elementwise.ts';
import type { Value } from '../../graph/value.ts';
import type { OptimizerDefinition } from '../step/types.ts';

export type OptimizerName = OptimizerDefinition['name'];

export type DefinitionOf<Name extends OptimizerName> = Extract<OptimizerDefinition, { name: Name }>;

/** One parameter before an update; everything but the scalars has the parameter's shape. */
export interface ParameterUpdate {
  readonly weight: Value;
  readonly gradient: Value;
  /** The optimizer's tensors by slot. */
  readonly slots: Readonly<Record<string, Value>>;
  /** What `scalars` gave for the parameter's group, as values of shape []. */
  readonly scalars: Readonly<Record<string, Value>>;
  readonly decays: boolean;
}

export interface UpdatedParameter {
  readonly weight: Value;
  readonly slots: Readonly<Record<string, Value>>;
}

/** An update rule, in PyTorch's arithmetic. */
export interface Optimizer<Definition> {
  /** The tensors it keeps for each parameter, by name; all start from zero. */
  slots(definition: Definition): readonly string[];
  /**
   * The numbers that change from update to update, computed in float64.
   * @param rate the learning rate.
   * @param updates those done before this one.
   */
  scalars(definition: Definition, rate: number, updates: number): Readonly<Record<string, number>>;
  update(definition: Definition, parameter: ParameterUpdate): UpdatedParameter;
}

/** The gradient with that of weight decay as a penalty: gradient + decay weight. */
export function penalized(gradient: Value, weight: Value, decay: number): Value {
  return decay === 0 ? gradient : add(gradient, mul(weight, scalarLike(weight, decay)));
}
