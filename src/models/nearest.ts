/** Which of several networks tensors are of, by their names and shapes alone. */
import { WeightsError } from '../errors.ts';
import type { Value } from '../graph/value.ts';
import { parametersOf } from '../graph/walk.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';

/** Shapes by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

export interface Nearest<T> {
  readonly candidate: T;
  /** The candidate's tensors, and how many of them were found with the same name and shape. */
  readonly size: number;
  readonly shared: number;
  /** Whether at least half of the tensors on both sides are shared. */
  readonly isNear: boolean;
}

/** The candidate with the fewest tensors on either side that the other has not; of equals, the first. */
export function nearest<T>(found: Shapes, candidates: readonly T[], shapes: (candidate: T) => Shapes): Nearest<T> {
  const compared = candidates.map((candidate) => {
    const expected = shapes(candidate);
    const shared = [...expected].filter(([name, shape]) => sameShape(shape, found.get(name) ?? [Number.NaN])).length;
    const isNear = shared * 2 >= Math.max(expected.size, found.size);
    return { candidate, size: expected.size, shared, isNear };
  });
  const differences = ({ size, shared }: Nearest<T>): number => size + found.size - 2 * shared;
  return compared.reduce((best, next) => (differences(next) < differences(best) ? next : best));
}

/** What to say where even the nearest is none. */
export function unknownError<T>(
  kind: string,
  found: Shapes,
  { candidate, size, shared }: Nearest<T>,
  candidates: readonly T[],
  label: (candidate: T) => string,
): WeightsError {
  return new WeightsError(
    `The weights are of no known ${kind}: the nearest is ${label(candidate)}, of whose ${size} tensors ${shared} are there in name and shape, among ${found.size} found (${listed(found)}). Known are ${candidates.map(label).join(', ')}.`,
  );
}

/** The shapes of the parameters that values depend on. */
export function shapesOf(outputs: readonly Value[]): Shapes {
  return new Map([...parametersOf(outputs)].map(([name, { shape }]) => [name, shape]));
}

/** What lies below a prefix, without it. */
export function withoutPrefix(found: Shapes, prefix: string): Shapes {
  return new Map(
    [...found].flatMap(([name, shape]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), shape]] : [])),
  );
}

/** The first few, for a message. */
export function listed(found: Shapes): string {
  const first = [...found]
    .slice(0, 4)
    .map(([name, shape]) => `${JSON.stringify(name.slice(0, 100))} ${formatShape(shape)}`);
  return found.size > first.length ? `${first.join(', ')}, ...` : first.join(', ');
}
