/** The optimizers by name. */
import { UsageError } from '../../errors.ts';
import type { OptimizerDefinition } from '../step/types.ts';
import { adam, adamw } from './adam.ts';
import type { DefinitionOf, Optimizer, OptimizerName, ParameterUpdate, UpdatedParameter } from './optimizer.ts';
import { sgd } from './sgd.ts';

export const OPTIMIZERS: { readonly [Name in OptimizerName]: Optimizer<DefinitionOf<Name>> } = { sgd, adam, adamw };

export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as readonly OptimizerName[];

/** What may be outside its range, by field. */
const RANGES: Readonly<Record<string, { fits: (value: number) => boolean; range: string }>> = {
  momentum: { fits: (value) => value >= 0 && value < 1, range: 'from 0 up to, not including, 1' },
  beta1: { fits: (value) => value >= 0 && value < 1, range: 'from 0 up to, not including, 1' },
  beta2: { fits: (value) => value >= 0 && value < 1, range: 'from 0 up to, not including, 1' },
  epsilon: { fits: (value) => value > 0, range: 'positive' },
  weightDecay: { fits: (value) => value >= 0, range: 'not negative' },
};

/** The tensors that an optimizer keeps for each parameter. */
export function slotsOf(definition: OptimizerDefinition): readonly string[] {
  return (OPTIMIZERS[definition.name] as Optimizer<OptimizerDefinition>).slots(definition);
}

/** An optimizer bound to its definition. */
export interface BoundOptimizer {
  readonly slots: readonly string[];
  scalars(rate: number, updates: number): Readonly<Record<string, number>>;
  update(parameter: ParameterUpdate): UpdatedParameter;
}

/**
 * The optimizer that a definition describes.
 * @throws UsageError if there is none of that name, or a number is outside its range; all of them in one message.
 */
export function bindOptimizer(definition: OptimizerDefinition): BoundOptimizer {
  const { name } = definition;
  if (!Object.hasOwn(OPTIMIZERS, name)) {
    throw new UsageError(`There is no optimizer "${name}". The optimizers are ${OPTIMIZER_NAMES.join(', ')}.`);
  }
  const problems = Object.entries(definition).flatMap(([field, value]) => {
    const known = RANGES[field];
    return known && !known.fits(value as number) ? [`${field} is ${known.range}, got ${value}`] : [];
  });
  if (definition.name === 'sgd' && definition.nesterov && definition.momentum === 0) {
    problems.push('nesterov needs a momentum');
  }
  if (problems.length > 0) throw new UsageError(`The optimizer ${name} does not fit: ${problems.join('; ')}.`);
  const optimizer = OPTIMIZERS[name] as Optimizer<OptimizerDefinition>;
  return {
    slots: optimizer.slots(definition),
    scalars: (rate, updates) => optimizer.scalars(definition, rate, updates),
    update: (parameter) => optimizer.update(definition, parameter),
  };
}
