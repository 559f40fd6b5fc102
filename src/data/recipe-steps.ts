/** Recipes of named steps as they stand in JSON, checked against the kinds of steps that there are. */
import type * as z from 'zod';
import { UsageError } from '../errors.ts';

/** A kind of step: its name, and its options as they stand in a recipe. */
export interface StepKind {
  readonly name: string;
  readonly options: z.ZodType;
}

/** A recipe's steps with their kinds and their options, defaults filled in. */
export interface CheckedStep<Kind extends StepKind> {
  readonly kind: Kind;
  readonly options: z.output<Kind['options']>;
}

/**
 * The steps with their kinds.
 * @param key the field that names a step's kind, which is also what messages call a kind.
 * @param recipeName what messages call the recipe.
 * @throws UsageError naming every step that is unknown or has options that do not fit.
 */
export function checkedSteps<Key extends string, Kind extends StepKind>(
  recipe: readonly Readonly<Record<Key, string>>[],
  key: Key,
  kinds: readonly Kind[],
  recipeName: string,
): CheckedStep<Kind>[] {
  const problems: string[] = [];
  const steps: CheckedStep<Kind>[] = [];
  for (const [index, { [key]: name, ...options }] of recipe.entries()) {
    const where = `step ${index + 1} (${name})`;
    const kind = kinds.find((each) => each.name === name);
    if (!kind) {
      problems.push(`${where}: there is no such ${key}; choose one of ${kinds.map((each) => each.name).join(', ')}`);
      continue;
    }
    const parsed = kind.options.safeParse(options);
    if (parsed.success) steps.push({ kind, options: parsed.data as z.output<Kind['options']> });
    else {
      for (const { path, message } of parsed.error.issues) {
        problems.push(`${where}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
      }
    }
  }
  if (problems.length > 0) throw new UsageError(`The ${recipeName} does not fit:\n${problems.join('\n')}`);
  return steps;
}
