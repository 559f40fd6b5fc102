/** Pooling. */
import type { GradientRules } from '../rule.ts';
import { maxPoolGradient } from '../pooling/max-pool-gradient.ts';

export const pool = {
  MaxPool: ({ gradient, input, output, attributes }) => [maxPoolGradient(gradient, input(0), output, attributes)],
} satisfies Partial<GradientRules>;
