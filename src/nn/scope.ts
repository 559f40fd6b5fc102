/** The prefix under which a layer names its parameters: `encoder` -> `encoder.layer1` -> `encoder.layer1.0`. */
import { type Initializer, type Parameter, parameter } from '../graph/value.ts';

/** Evaluation leaves dropout out; training multiplies by masks that are fed at each step. */
export type Mode = 'evaluation' | 'training';

export interface Scope {
  /** The dotted path, empty at the root. */
  readonly name: string;
  readonly mode: Mode;
  /** The scope of a part of this one. */
  at(child: string | number): Scope;
  /** A weight of this scope. */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Parameter;
}

export function scope(name = '', mode: Mode = 'evaluation'): Scope {
  const path = (child: string | number): string => (name === '' ? String(child) : `${name}.${child}`);
  return {
    name,
    mode,
    at: (child) => scope(path(child), mode),
    parameter: (child, shape, initializer) => parameter(path(child), shape, initializer),
  };
}
