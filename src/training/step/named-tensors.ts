/** What goes into a training step's graph by name, and what comes out of it. */
import { PIXEL_VALUES } from '../../models/pixel-values.ts';
import type { NamedTensors, Session } from '../../runtime/backend.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { LABELS, TEACHER_LOGITS } from './graph.ts';
import type { Teacher } from './teacher.ts';
import type { Batch } from './types.ts';

/** A batch, and what a teacher says of its pixels. */
export async function batchFeeds(batch: Batch, teacher: Teacher | undefined): Promise<NamedTensors> {
  const { labels } = batch;
  if (!('pixels' in batch)) return { [LABELS]: labels, ...batch.features };
  const { pixels } = batch;
  return {
    [LABELS]: labels,
    [PIXEL_VALUES]: pixels,
    ...(teacher && { [TEACHER_LOGITS]: await teacher.logits(pixels) }),
  };
}

/** What a session takes: given tensors before those of the state. */
export const feedsOf = <T>(
  { inputNames }: Pick<Session, 'inputNames'>,
  state: { feed(name: string): T | undefined },
  given: Readonly<Record<string, T>>,
): Record<string, T> => Object.fromEntries(inputNames.map((name) => [name, (given[name] ?? state.feed(name)) as T]));

export const numberOf = (results: NamedTensors, name: string): number => Number((results[name] as Tensor).data[0]);

/** Those results whose names begin so, by the rest of their names. */
export function withPrefix<T>(results: Readonly<Record<string, T>>, prefix: string): Record<string, T> {
  const found = Object.entries(results).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}
