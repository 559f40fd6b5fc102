/** Patterns over names, in which `*` stands for any characters or none. */
import { UsageError } from './errors.ts';

/**
 * Whether a name fits one of the patterns, as a function.
 * @throws UsageError if a pattern fits none of the names there are: it is probably misspelled. `what` says what they name.
 */
export function globMatcher(
  patterns: readonly string[],
  names: readonly string[],
  what: string,
): (name: string) => boolean {
  const expressions = patterns.map(toExpression);
  const idle = patterns.filter((_, index) => !names.some((name) => expressions[index]?.test(name)));
  if (idle.length > 0) {
    throw new UsageError(
      `The pattern ${idle.map((pattern) => JSON.stringify(pattern)).join(', ')} fits no ${what}. Names look like ${names[0]}; * stands for anything.`,
    );
  }
  return (name) => expressions.some((expression) => expression.test(name));
}

function toExpression(pattern: string): RegExp {
  const literal = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's');
}
