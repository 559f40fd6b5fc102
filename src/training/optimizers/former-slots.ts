/** Names that optimizers' tensors had in checkpoints of former versions. */
import type { Weights } from '../../tensor/weights.ts';

/** Adam's moments are now called as PyTorch's. */
const FORMER_SLOTS: Readonly<Record<string, string>> = { first: 'exp_avg', second: 'exp_avg_sq' };

/** Tensors named `SLOT:PARAMETER` under the names that slots have now. */
export const withCurrentSlots = (tensors: Weights): Weights =>
  new Map([...tensors].map(([name, tensor]) => [currentName(name), tensor]));

function currentName(name: string): string {
  const end = name.indexOf(':');
  const current = FORMER_SLOTS[name.slice(0, end)];
  return current === undefined ? name : current + name.slice(end);
}
