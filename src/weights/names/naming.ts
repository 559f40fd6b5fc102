/** What a foreign naming is: a table from its names to ours, and what follows from its use. */
import { WeightsError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import { listNames } from '../problems.ts';
import { matchesTemplate, type Rule, rule } from './template.ts';

/** What the publisher's code computes and the tensors do not show. */
export interface PublisherDefaults {
  readonly skip?: 'input' | 'rectified';
  readonly poolingOrder?: 'pool-conv' | 'conv-pool';
  readonly stridePlacement?: '3x3' | '1x1';
}

/** A naming as its file writes it. */
export interface NamingTable {
  /** The publisher's name for it. */
  readonly name: string;
  /** Foreign pattern to canonical pattern, see template.ts; no name fits two of them. */
  readonly names: readonly (readonly [foreign: string, canonical: string])[];
  /** Patterns of tensors that belong to the file's network but not to ours, such as an ImageNet classifier. */
  readonly ignored?: readonly string[];
  /** The publisher's defaults. */
  readonly defaults?: PublisherDefaults;
  /** Turns translated tensors into what our network holds, where renaming is not enough. */
  readonly settle?: (weights: Weights) => Weights;
}

export interface Translation {
  /** Tensors by canonical name. */
  readonly weights: Weights;
  /** Foreign names left out knowingly. */
  readonly ignored: readonly string[];
  /** Foreign names that the naming does not know. */
  readonly unknown: readonly string[];
}

export interface Naming {
  readonly name: string;
  readonly defaults: PublisherDefaults;
  /** The canonical name, null for what is left out knowingly, undefined for what the naming does not know. */
  toCanonical(name: string): string | null | undefined;
  /** The foreign name of a canonical one; undefined where the naming has none. */
  toForeign(name: string): string | undefined;
  /**
   * Tensors under our names, in the order of the given ones.
   * @throws WeightsError if two tensors would get the same name.
   */
  translate(weights: Weights): Translation;
}

/** PyTorch's count of batches seen, which no evaluation and no training with a fixed momentum uses. */
const BATCH_COUNTER = 'num_batches_tracked';

/** The naming that a table describes. */
export function naming({
  name,
  names,
  ignored = [],
  defaults = {},
  settle = (weights) => weights,
}: NamingTable): Naming {
  const rules: readonly Rule[] = names.map(([foreign, canonical]) => rule(foreign, canonical));
  const leftOut = ignored.map(matchesTemplate);

  const toCanonical = (foreign: string): string | null | undefined => {
    if (isBatchCounter(foreign) || leftOut.some((matches) => matches(foreign))) return null;
    return firstOf(rules, ({ forward }) => forward(foreign));
  };

  return {
    name,
    defaults,
    toCanonical,
    toForeign: (canonical) => firstOf(rules, ({ backward }) => backward(canonical)),
    translate(weights) {
      const translated = new Map<string, Tensor>();
      const ignoredNames: string[] = [];
      const unknown: string[] = [];
      const twice = new Set<string>();
      for (const [foreign, tensor] of weights) {
        const canonical = toCanonical(foreign);
        if (canonical === undefined) unknown.push(foreign);
        else if (canonical === null) {
          if (!isBatchCounter(foreign)) ignoredNames.push(foreign);
        } else if (translated.has(canonical)) twice.add(canonical);
        else translated.set(canonical, tensor);
      }
      if (twice.size > 0) {
        throw new WeightsError(
          `Names of ${name}: more than one tensor is ${listNames([...twice])}. Remove the copies from the file.`,
        );
      }
      return { weights: settle(translated), ignored: ignoredNames, unknown };
    },
  };
}

/** Whether a name is that of a batch normalization's counter, which every naming drops without mention. */
export function isBatchCounter(name: string): boolean {
  return name.endsWith(`.${BATCH_COUNTER}`);
}

function firstOf<T, R>(items: readonly T[], of: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = of(item);
    if (result !== undefined) return result;
  }
  return undefined;
}
