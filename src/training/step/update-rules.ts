/** What a step does to each number of the state, as graphs over arrays of any length. */
import type { KernelGraph } from '../../graph/kernel/elementwise-kernel.ts';
import { add, mul, sub } from '../../graph/ops/elementwise.ts';
import { input, type Value } from '../../graph/value.ts';
import type { BoundOptimizer } from '../optimizers/index.ts';
import type { Reduction, StepDefinition } from './types.ts';

const array = (name: string): Value => input(name, 'float32', ['length']);

const number = (name: string): Value => input(name, 'float32', []);

/** What of a step's definition shapes its update. */
export interface UpdateDefinition extends Pick<StepDefinition, 'clipNorm' | 'averageDecay'> {
  readonly reduction?: Reduction;
}

/** One parameter before an update: its tensors, and the numbers of the update, of shape []. */
export interface ParameterValues {
  readonly weight: Value;
  readonly gradient: Value;
  /** The optimizer's tensors by slot. */
  readonly slots: Readonly<Record<string, Value>>;
  readonly ema: Value;
  /** The optimizer's scalars by name, and `scale` and `emaRate`. */
  readonly scalars: Readonly<Record<string, Value>>;
  /** Whether weight decay applies. */
  readonly decays: boolean;
}

/** The scalars of an update beside the optimizer's: what gradients are multiplied by, and the new weight's part in the EMA. */
export const UPDATE_SCALARS = ['scale', 'emaRate'] as const;

/**
 * What a parameter's tensors become: `weight`, the optimizer's slots, and `ema` where there is one.
 * @param definition the gradient is scaled where it is clipped or a sum.
 */
export function updatedParameter(
  { clipNorm, averageDecay, reduction = 'mean' }: UpdateDefinition,
  optimizer: BoundOptimizer,
  { weight: before, gradient, slots: old, ema, scalars, decays }: ParameterValues,
): Readonly<Record<string, Value>> {
  const { weight, slots } = optimizer.update({
    weight: before,
    gradient: clipNorm === null && reduction === 'mean' ? gradient : mul(gradient, scalars.scale as Value),
    slots: old,
    scalars,
    decays,
  });
  return {
    weight,
    ...slots,
    ...(averageDecay === null ? {} : { ema: followed(ema, weight, scalars.emaRate as Value) }),
  };
}

/** The names of the optimizer's scalars. */
export const scalarNames = (optimizer: BoundOptimizer): string[] => Object.keys(optimizer.scalars(0, 0));

/** The update of a parameter, over arrays `weight`, `gradient`, the optimizer's slots and `ema`. */
export function parameterRule(definition: UpdateDefinition, optimizer: BoundOptimizer, decays: boolean): KernelGraph {
  const named = (names: readonly string[], make: (name: string) => Value): Record<string, Value> =>
    Object.fromEntries(names.map((name) => [name, make(name)]));
  const changed = updatedParameter(definition, optimizer, {
    weight: array('weight'),
    gradient: array('gradient'),
    slots: named(optimizer.slots, array),
    ema: array('ema'),
    scalars: named([...scalarNames(optimizer), ...UPDATE_SCALARS], number),
    decays,
  });
  return { changed };
}

/** `ema` moves towards `weight` by `emaRate` of the difference. */
export const emaRule = (): KernelGraph => ({
  changed: { ema: followed(array('ema'), array('weight'), number('emaRate')) },
});

/** `added` enters `sum`, whose squares are summed. */
export function sumRule(): KernelGraph {
  const sum = add(array('sum'), array('added'));
  return { changed: { sum }, sum: mul(sum, sum) };
}

/** The squares of `array` are summed. */
export const squaresRule = (): KernelGraph => ({ changed: {}, sum: mul(array('array'), array('array')) });

/** `ema` after it moved towards `value` by `rate` of the difference. */
export const followed = (ema: Value, value: Value, rate: Value): Value => add(ema, mul(sub(value, ema), rate));
