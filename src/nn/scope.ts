/** The prefix under which a layer names its parameters: `encoder` -> `encoder.layer1` -> `encoder.layer1.0`. */
import { type Initializer, type Parameter, parameter } from '../graph/value.ts';

/** How layers behave that differ between training and evaluation. */
export interface Mode {
  /** Whether dropout drops; it then takes random numbers that are fed at each run. */
  readonly dropout: boolean;
  /** Whether the batch normalization of this name normalizes by the batch, rather than by its running statistics. */
  batchStatistics(layer: string): boolean;
}

/** Nothing is dropped, running statistics normalize. */
export const EVALUATION: Mode = { dropout: false, batchStatistics: () => false };

export interface Scope {
  /** The dotted path, empty at the root. */
  readonly name: string;
  readonly mode: Mode;
  /** The scope of a part of this one. */
  at(child: string | number): Scope;
  /** A weight of this scope. */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Parameter;
}

export function scope(name = '', mode: Mode = EVALUATION): Scope {
  const path = (child: string | number): string => (name === '' ? String(child) : `${name}.${child}`);
  return {
    name,
    mode,
    at: (child) => scope(path(child), mode),
    parameter: (child, shape, initializer) => parameter(path(child), shape, initializer),
  };
}
