/** Sentences of calculus that many rules share. */
import type { Value } from '../../value.ts';
import type { VjpRule } from '../rule.ts';

/** Makes the rule of a function of one value x from the gradient g of its result and x. */
export const byInput =
  (rule: (g: Value, x: Value) => Value): VjpRule<null> =>
  ({ gradient, input }) => [rule(gradient, input(0))];

/** Makes the rule of a function of one value from the gradient g of its result and the result y itself. */
export const byOutput =
  (rule: (g: Value, y: Value) => Value): VjpRule<null> =>
  ({ gradient, output }) => [rule(gradient, output)];

/** Makes the rule of a product that is linear in a and in b: each one's gradient from the gradient g of the product and the other one. */
export const bilinear =
  (ofA: (g: Value, b: Value) => Value, ofB: (g: Value, a: Value) => Value): VjpRule<null> =>
  ({ gradient, input, wants }) => [
    wants(0) ? ofA(gradient, input(1)) : null,
    wants(1) ? ofB(gradient, input(0)) : null,
  ];
