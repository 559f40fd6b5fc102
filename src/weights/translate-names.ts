/** Brings weights from any publisher to our names. */
import { WeightsError } from '../errors.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';
import { NAMINGS } from './names/index.ts';
import { isBatchCounter, type Naming } from './names/naming.ts';
import { listNames } from './problems.ts';

export interface TranslatedWeights {
  readonly naming: Naming;
  /** Tensors by canonical name; those that the naming does not know, under their own. */
  readonly weights: Weights;
  /** Foreign names left out knowingly, such as an ImageNet classifier. */
  readonly ignored: readonly string[];
  /** Foreign names that were passed on as they are; a strict `fitWeights` refuses them. */
  readonly unknown: readonly string[];
}

/**
 * Finds out whose names the tensors have and translates them. The naming that knows the most names is taken, if it knows at
 * least half of them.
 * @throws WeightsError if no naming fits, or if two tensors would get the same name.
 */
export function translateNames(weights: Weights, namings: readonly Naming[] = NAMINGS): TranslatedWeights {
  const naming = namingOf(
    [...weights.keys()].filter((name) => !isBatchCounter(name)),
    namings,
  );
  const { weights: translated, ignored, unknown } = naming.translate(weights);
  const clashes = unknown.filter((name) => translated.has(name));
  if (clashes.length > 0) {
    throw new WeightsError(
      `The names are those of ${naming.name}, but ${listNames(clashes)} ${clashes.length === 1 ? 'is' : 'are'} there already under our own. Remove the copies from the file.`,
    );
  }
  const passedOn = unknown.map((name) => [name, weights.get(name) as Tensor] as const);
  return { naming, weights: new Map([...translated, ...passedOn]), ignored, unknown };
}

function namingOf(names: readonly string[], namings: readonly Naming[]): Naming {
  if (names.length === 0) throw new WeightsError('The weights are empty: there is no tensor to take names from.');
  let best: { naming: Naming; known: number } | undefined;
  for (const naming of namings) {
    const known = names.filter((name) => naming.toCanonical(name) !== undefined).length;
    if (known > (best?.known ?? 0)) best = { naming, known };
  }
  if (best && best.known * 2 >= names.length) return best.naming;
  const nearest = best ? ` ${best.naming.name} knows the most of them, ${best.known}.` : '';
  throw new WeightsError(
    `The ${names.length} tensor names are of no known network: ${listNames(names)}.${nearest} Looked for the names of ${namings
      .map(({ name }) => name)
      .join(', ')}. Rename the tensors as one of these does.`,
  );
}
