/** The activations that networks of this family use, by name. */
import { relu, relu6 } from '../graph/ops/elementwise.ts';
import type { Value } from '../graph/value.ts';

export const ACTIVATIONS = {
  relu,
  relu6,
} as const satisfies Record<string, (x: Value, scope?: string) => Value>;

/** What follows a network's convolutions: max(x, 0), or for `relu6` that kept at 6 or less, as PyTorch's ReLU6. */
export type Activation = keyof typeof ACTIVATIONS;
