/** Adam (Kingma and Ba, 2015), and AdamW (Loshchilov and Hutter, 2019), which decays weights apart from the gradient. */
import { scalarLike } from '../../graph/ops/constants.ts';
import { add, div, mul, sqrt, sub } from '../../graph/ops/elementwise.ts';
import type { Value } from '../../graph/value.ts';
import {
  type DefinitionOf,
  type Optimizer,
  type ParameterUpdate,
  penalized,
  type UpdatedParameter,
} from './optimizer.ts';

type Definition = DefinitionOf<'adam' | 'adamw'>;

export const adam: Optimizer<Definition> = {
  slots: () => ['exp_avg', 'exp_avg_sq'],
  scalars: momentScalars,
  update: (definition, parameter) =>
    descend(definition, {
      ...parameter,
      gradient: penalized(parameter.gradient, parameter.weight, parameter.decays ? definition.weightDecay : 0),
    }),
};

export const adamw: Optimizer<Definition> = {
  slots: adam.slots,
  scalars: (definition, rate, updates) => ({
    ...momentScalars(definition, rate, updates),
    kept: 1 - rate * definition.weightDecay,
  }),
  update(definition, parameter) {
    const { weight, scalars, decays } = parameter;
    const shrunk = decays && definition.weightDecay !== 0 ? mul(weight, scalars.kept as Value) : weight;
    return descend(definition, { ...parameter, weight: shrunk });
  },
};

/** The bias corrections: the step is rate / (1 - beta1^t), the root of the second moment is divided by sqrt(1 - beta2^t). */
function momentScalars({ beta1, beta2 }: Definition, rate: number, updates: number): Record<string, number> {
  const t = updates + 1;
  return { step: rate / (1 - beta1 ** t), root: Math.sqrt(1 - beta2 ** t) };
}

function descend(
  { beta1, beta2, epsilon }: Definition,
  { weight, gradient, slots, scalars }: ParameterUpdate,
): UpdatedParameter {
  const mix = (old: Value, observed: Value, beta: number): Value =>
    add(mul(old, scalarLike(old, beta)), mul(observed, scalarLike(observed, 1 - beta)));
  const mean = mix(slots.exp_avg as Value, gradient, beta1);
  const square = mix(slots.exp_avg_sq as Value, mul(gradient, gradient), beta2);
  const denominator = add(div(sqrt(square), scalars.root as Value), scalarLike(weight, epsilon));
  return {
    weight: sub(weight, mul(div(mean, denominator), scalars.step as Value)),
    slots: { exp_avg: mean, exp_avg_sq: square },
  };
}
