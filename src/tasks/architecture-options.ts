/** What can be chosen of an architecture, and not of a model, which has it. */
import { UsageError } from '../errors.ts';
import { areFor } from '../text.ts';

/**
 * @param given what was chosen, by its option; undefined for nothing.
 * @throws UsageError naming the options that were given for a model.
 */
export function assertNoArchitectureOptions(model: string, given: Readonly<Record<`--${string}`, unknown>>): void {
  const names = Object.keys(given).filter((option) => given[option as `--${string}`] !== undefined);
  if (names.length === 0) return;
  throw new UsageError(`${areFor(names, 'architectures')}; ${model} is a model with its own.`);
}
