/** Whether two models say the same of the same pixels. */
import { firstOf } from '../text.ts';
import type { ModelDescription } from './model.ts';

/**
 * What keeps a model from meaning what another does, a part of a sentence each: its classes are others or in another order,
 * or images enter it otherwise. To which size images are resized, and how, may differ.
 * @param otherName what the other model is called there.
 */
export function meaningDifferences(one: ModelDescription, other: ModelDescription, otherName: string): string[] {
  const problems: string[] = [];
  const [names, wanted] = [one, other].map(({ classes }) => classes.map(({ name }) => name)) as [string[], string[]];
  if (names.length !== wanted.length) {
    problems.push(`it has ${names.length} classes, but ${otherName} ${wanted.length}`);
  } else {
    const different = wanted.flatMap((name, id) => (names[id] === name ? [] : [`${id} is ${names[id]}, not ${name}`]));
    if (different.length > 0) {
      problems.push(`its classes are others (${firstOf(different, MOST_NAMED, '; ')})`);
    }
  }
  for (const field of ['rescaleFactor', 'mean', 'std'] as const) {
    const [own, expected] = [one, other].map(({ preprocessing }) => JSON.stringify(preprocessing[field]));
    if (own !== expected) problems.push(`its preprocessing has the ${field} ${own}, but ${otherName}'s ${expected}`);
  }
  return problems;
}

const MOST_NAMED = 5;
