/** Says what is wrong with label files, all of it at once. */
import { FormatError } from '../../errors.ts';
import { mapAhead } from '../concurrency.ts';
import { firstOf } from '../../text.ts';

/** Problems of one file, and damaged files, that are named: all that somebody made by hand, and an end to what a program got wrong. */
const NAMED = 1000;

/** The problems in one sentence. */
export function listProblems(problems: readonly string[]): string {
  return firstOf(problems, NAMED, '; ');
}

/**
 * What reading gives for each file, in their order. All are read, even after one that is damaged.
 * @param ahead files that are read at the same time.
 * @throws FormatError naming every file that is damaged.
 */
export async function readEach<I, T>(
  files: Iterable<I>,
  read: (file: I) => Promise<T>,
  ahead = 1,
): Promise<readonly T[]> {
  const found: T[] = [];
  const errors: FormatError[] = [];
  const attempt = async (file: I): Promise<{ value: T } | { error: FormatError }> => {
    try {
      return { value: await read(file) };
    } catch (error) {
      if (error instanceof FormatError) return { error };
      throw error;
    }
  };
  for await (const result of mapAhead(files, ahead, attempt)) {
    if ('value' in result) found.push(result.value);
    else errors.push(result.error);
  }
  const [first, ...more] = errors;
  if (first !== undefined && more.length === 0) throw first;
  if (first !== undefined) {
    const said = errors.slice(0, NAMED).map(({ message }) => message);
    if (errors.length > NAMED) said.push(`and ${errors.length - NAMED} more damaged files`);
    throw new FormatError(said.join('\n'), { cause: first });
  }
  return found;
}
