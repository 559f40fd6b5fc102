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

/**
 * From `weight`, `gradient`, the optimizer's slots and the `ema` to what they become. The scalars are the optimizer's,
 * `scale`, by which the gradient is multiplied, and `emaRate`, the new weight's part in the exponential moving average.
 * @param definition the gradient is scaled where it is clipped or a sum.
 * @param decays whether weight decay applies.
 */
export function parameterRule(
  { clipNorm, averageDecay, reduction = 'mean' }: UpdateDefinition,
  optimizer: BoundOptimizer,
  decays: boolean,
): KernelGraph {
  const gradient = array('gradient');
  const { weight, slots } = optimizer.update({
    weight: array('weight'),
    gradient: clipNorm === null && reduction === 'mean' ? gradient : mul(gradient, number('scale')),
    slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, array(slot)])),
    scalars: Object.fromEntries(Object.keys(optimizer.scalars(0, 0)).map((name) => [name, number(name)])),
    decays,
  });
  return { changed: { weight, ...slots, ...(averageDecay === null ? {} : { ema: followed(weight) }) } };
}

/** `ema` moves towards `weight` by `emaRate` of the difference. */
export const emaRule = (): KernelGraph => ({ changed: { ema: followed(array('weight')) } });

/** `added` enters `sum`, whose squares are summed. */
export function sumRule(): KernelGraph {
  const sum = add(array('sum'), array('added'));
  return { changed: { sum }, sum: mul(sum, sum) };
}

/** The squares of `array` are summed. */
export const squaresRule = (): KernelGraph => ({ changed: {}, sum: mul(array('array'), array('array')) });

function followed(value: Value): Value {
  const ema = array('ema');
  return add(ema, mul(sub(value, ema), number('emaRate')));
}
