/** Saying everything that is wrong with a file in one message that stays readable. */
import { firstOf } from '../text.ts';

const SHOWN = 8;

/** The problems one to a line after a heading, the first few of them where there are many. */
export function listProblems(heading: string, problems: readonly string[]): string {
  const more = problems.length > SHOWN ? [`... and ${problems.length - SHOWN} more`] : [];
  return [heading, ...problems.slice(0, SHOWN), ...more].join('\n  ');
}

/** Names in quotes, the first few of them where there are many: `"a", "b" and 7 more`. */
export function listNames(names: readonly string[]): string {
  return firstOf(
    names.map((name) => JSON.stringify(shorten(name))),
    SHOWN,
  );
}

function shorten(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}...` : name;
}
