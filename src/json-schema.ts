/**
 * Checking what was read from JSON: zod in its small form, which a page can afford, with messages in English. Files import
 * `zod/mini` themselves: handed on as one object it could not be taken apart by bundlers.
 */

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { isRecord } from './json-values.ts';

z.config(en());

/** A whole number between two. */
export const wholeNumber = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most));

/** A number between two. */
export const numberBetween = (least: number, most: number) => z.number().check(z.gte(least), z.lte(most));

/** A list of so many. */
export const listOf = <T extends z.core.SomeType>(item: T, least: number, most: number) =>
  z.array(item).check(z.minLength(least), z.maxLength(most));

/**
 * What is wrong, each with its place: `decoder.kernel: Invalid input`.
 * @param placeOf how a place is called; by default its keys with dots between them.
 */
export function problemsOf(
  { issues }: z.core.$ZodError,
  placeOf: (path: readonly PropertyKey[]) => string = (path) => path.join('.'),
): readonly string[] {
  return [...new Set(issues.map(({ path, message }) => `${placeOf(path) || 'the whole'}: ${message}`))];
}

/**
 * The fields of a JSON that a schema did not take, each as a problem: a misspelled one would change nothing, and say nothing.
 * @param taken what the schema made of it.
 */
export function unknownFields(given: unknown, taken: unknown, path = ''): readonly string[] {
  if (!isRecord(given) || !isRecord(taken)) return [];
  return Object.entries(given).flatMap(([name, value]) =>
    Object.hasOwn(taken, name)
      ? unknownFields(value, taken[name], `${path}${name}.`)
      : [`${path}${name}: there is no such field`],
  );
}
