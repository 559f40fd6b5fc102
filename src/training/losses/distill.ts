/**
 * Distillation (Hinton et al., 2015): the Kullback-Leibler divergence of a teacher's softened probabilities from the network's,
 * times the temperature squared, so that its gradients keep their size whatever the temperature is. Averaged as cross entropy
 * is, over the scored pixels.
 */
import { scalarLike } from '../../graph/ops/constants.ts';
import { div, exp, log, mul, stopGradient, sub } from '../../graph/ops/elementwise.ts';
import { reduceMax, reduceSum } from '../../graph/ops/reduction.ts';
import type { Value } from '../../graph/value.ts';
import type { Loss } from './loss.ts';
import { reduceAll } from './pixels.ts';

/** What a term without a temperature takes. */
export const DEFAULT_TEMPERATURE = 2;

export const distill: Loss = ({ logits, teacher, weight, totalWeight }, { temperature = DEFAULT_TEMPERATURE }) => {
  const taught = logSoftmax(teacher as Value, temperature);
  const own = logSoftmax(logits, temperature);
  const divergence = reduceSum(mul(exp(taught), sub(taught, own)), 1);
  const mean = div(reduceAll(mul(weight, divergence)), totalWeight);
  return mul(mean, scalarLike(mean, temperature ** 2));
};

/** The logarithm of the softmax of logits over a temperature, by classes. */
function logSoftmax(logits: Value, temperature: number): Value {
  const shifted = sub(logits, stopGradient(reduceMax(logits, 1)));
  const softened = temperature === 1 ? shifted : mul(shifted, scalarLike(shifted, 1 / temperature));
  return sub(softened, log(reduceSum(exp(softened), 1)));
}
