/** The optimizers by name. */
import { UsageError } from '../../errors.ts';
import type { OptimizerDefinition } from '../step/types.ts';
import { adam, adamw } from './adam.ts';
import type { DefinitionOf, Optimizer, OptimizerName, ParameterUpdate, UpdatedParameter } from './optimizer.ts';
import { sgd } from './sgd.ts';

export const OPTIMIZERS: { readonly [Name in OptimizerName]: Optimizer<DefinitionOf<Name>> } = { sgd, adam, adamw };

export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as readonly OptimizerName[];

interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly range: string;
}

const number = (fits: (value: number) => boolean, range: string): Rule => ({
  fits: (value) => Number.isFinite(value) && fits(value as number),
  range,
});

const DECAY = number((value) => value >= 0 && value < 1, 'from 0 up to, not including, 1');
const WEIGHT_DECAY = number((value) => value >= 0, 'not negative');
const MOMENTS = {
  beta1: DECAY,
  beta2: DECAY,
  epsilon: number((value) => value > 0, 'positive'),
  weightDecay: WEIGHT_DECAY,
};

/** The fields that each optimizer must have. */
const FIELDS: { readonly [Name in OptimizerName]: Readonly<Record<Exclude<keyof DefinitionOf<Name>, 'name'>, Rule>> } =
  {
    sgd: {
      momentum: DECAY,
      nesterov: { fits: (value) => typeof value === 'boolean', range: 'true or false' },
      weightDecay: WEIGHT_DECAY,
    },
    adam: MOMENTS,
    adamw: MOMENTS,
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
 * @throws UsageError if there is none of that name, or a field is missing or outside its range; all of them in one message.
 */
export function bindOptimizer(definition: OptimizerDefinition): BoundOptimizer {
  const { name } = definition;
  if (!Object.hasOwn(OPTIMIZERS, name)) {
    throw new UsageError(`There is no optimizer "${name}". The optimizers are ${OPTIMIZER_NAMES.join(', ')}.`);
  }
  const given = definition as unknown as Readonly<Record<string, unknown>>;
  const problems = Object.entries<Rule>(FIELDS[name]).flatMap(([field, { fits, range }]) => {
    const value = given[field];
    if (value === undefined) return [`${field} is missing`];
    return fits(value) ? [] : [`${field} is ${range}, got ${value}`];
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
