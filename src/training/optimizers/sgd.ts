/** Stochastic gradient descent with momentum, as torch.optim.SGD without dampening. */
import { scalarLike } from '../../graph/ops/constants.ts';
import { add, mul, sub } from '../../graph/ops/elementwise.ts';
import type { Value } from '../../graph/value.ts';
import { type DefinitionOf, type Optimizer, penalized } from './optimizer.ts';

export const sgd: Optimizer<DefinitionOf<'sgd'>> = {
  slots: ({ momentum }) => (momentum === 0 ? [] : ['momentum']),
  scalars: (_, rate) => ({ rate }),
  update({ momentum, nesterov, weightDecay }, { weight, gradient, slots, scalars, decays }) {
    const g = penalized(gradient, weight, decays ? weightDecay : 0);
    const descend = (direction: Value): Value => sub(weight, mul(direction, scalars.rate as Value));
    if (momentum === 0) return { weight: descend(g), slots: {} };
    const factor = scalarLike(weight, momentum);
    const velocity = add(mul(slots.momentum as Value, factor), g);
    return { weight: descend(nesterov ? add(g, mul(velocity, factor)) : velocity), slots: { momentum: velocity } };
  },
};
