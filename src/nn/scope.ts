/** The prefix under which a layer names its parameters: `encoder` -> `encoder.layer1` -> `encoder.layer1.0`. */
import { type Initializer, type Parameter, parameter, type Value } from '../graph/value.ts';

/** How layers behave that differ between training and evaluation. */
export interface Mode {
  /** Whether dropout drops; it then takes random numbers that are fed at each run. */
  readonly dropout: boolean;
  /** Whether the batch normalization of this name normalizes by the batch, rather than by its running statistics. */
  batchStatistics(layer: string): boolean;
}

/** Nothing is dropped, running statistics normalize. */
export const EVALUATION: Mode = { dropout: false, batchStatistics: () => false };

/** A part of a network, and the value that it ends with. */
export interface Landmark {
  /** Its scope's name. */
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
}

/** A place in the network, such as a layer: the names of its parameters begin with its own. */
export interface Scope {
  /** The dotted path, empty at the root. */
  readonly name: string;
  readonly mode: Mode;
  /** The scope of a part of this one. */
  at(child: string | number): Scope;
  /** A weight of this scope. */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Parameter;
  /** Tells whoever watches that this part of the network is complete. @returns the output. */
  mark(inputs: readonly Value[], output: Value): Value;
}

/** @param watch is told of every part of the network in the order in which they are built. */
export function scope(name = '', mode: Mode = EVALUATION, watch?: (landmark: Landmark) => void): Scope {
  const path = (child: string | number): string => (name === '' ? String(child) : `${name}.${child}`);
  return {
    name,
    mode,
    at: (child) => scope(path(child), mode, watch),
    parameter: (child, shape, initializer) => parameter(path(child), shape, initializer),
    mark: (inputs, output) => {
      watch?.({ name, inputs, output });
      return output;
    },
  };
}
