/** What goes into a training step's graph by name, and what comes out of it. */
import { PIXEL_VALUES } from '../../models/pixel-values.ts';
import type { NamedTensors } from '../../runtime/backend.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { LABELS } from './step-graph.ts';
import type { Batch } from './types.ts';

export const fedBatch = (batch: Batch): NamedTensors => ({
  [LABELS]: batch.labels,
  ...('pixels' in batch ? { [PIXEL_VALUES]: batch.pixels } : batch.features),
});

export const numberOf = (results: NamedTensors, name: string): number => Number((results[name] as Tensor).data[0]);

/** Those results whose names begin so, by the rest of their names. */
export function withPrefix<T>(results: Readonly<Record<string, T>>, prefix: string): Record<string, T> {
  const found = Object.entries(results).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}
