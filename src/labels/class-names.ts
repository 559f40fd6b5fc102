/** Texts that name classes, in the order of their ids. */
import { parse as parseYaml } from 'yaml';
import { FormatError, messageOf, UsageError } from '../errors.ts';
import { describeValue } from '../text.ts';
import { MOST_CLASSES } from './label-table.ts';

/** Faults of a file that are told. */
const SHOWN = 5;

/**
 * Class names in the order of their ids, one a line; ids before the names (`0: sky`, `0 sky`) must count from 0.
 * @throws FormatError if there are none, too many, or the ids do not count.
 */
export function parseClassNames(lines: readonly string[], file: string): readonly string[] {
  const names = withoutIds(lines, file);
  if (names.length === 0 || names.length > MOST_CLASSES) {
    throw new FormatError(`${file}: it names ${names.length} classes. Give 1 to ${MOST_CLASSES} names, one a line.`);
  }
  return names;
}

/** Lines without the ids before them, if all have one. @throws FormatError if these do not count from 0. */
function withoutIds(lines: readonly string[], file: string): readonly string[] {
  const numbered = lines.map((line) => /^(\d+)\s*[:,;\s]\s*(\S.*)$/.exec(line));
  const areNumbered = lines.length > 0 && numbered.every((match) => match !== null);
  if (areNumbered && numbered.some((match, id) => Number(match?.[1]) !== id)) {
    throw new FormatError(
      `${file}: the ids before the names do not count 0, 1, 2, ... Give one name a line, in the order of the ids.`,
    );
  }
  return areNumbered ? numbered.map((match) => (match as RegExpExecArray)[2] as string) : lines;
}

/**
 * The class names in a file that a person gives: text with one name a line, which may have ids in front and comments (`#`)
 * between, JSON (a list of names, or config.json's id2label), or a data.yaml's `names`; the file's extension says which.
 * Numbers are names, as their text.
 * @throws UsageError if it cannot be parsed, holds no names, or has entries that are none; FormatError if ids do not count.
 */
export function readClassNames(content: string, file: string): readonly string[] {
  if (!/\.(json|ya?ml)$/i.test(file)) {
    const lines = content.split(/\r?\n/).map((line) => line.trim());
    return checkNames(
      file,
      withoutIds(
        lines.filter((line) => line !== '' && !line.startsWith('#')),
        file,
      ),
    );
  }
  let parsed: unknown;
  try {
    parsed = parseYaml(content, { schema: 'core', maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    throw new UsageError(`${file} cannot be parsed: ${messageOf(error)}`, { cause: error });
  }
  const names = (parsed as { names?: unknown } | null)?.names ?? (parsed as { id2label?: unknown } | null)?.id2label;
  return checkNames(file, listOfNames(names ?? parsed));
}

/** A list as it is; an object {0: name, 1: name} in the order of its numbers. */
function listOfNames(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const ids = entries.map(([id]) => Number(id)).sort((a, b) => a - b);
  if (ids.some((id, position) => id !== position)) return [];
  return ids.map((id) => (value as Record<string, unknown>)[String(id)]);
}

function checkNames(file: string, names: readonly unknown[]): readonly string[] {
  if (names.length === 0) {
    throw new UsageError(
      `${file} holds no class names. It may be a text with one name a line, a JSON list, or YAML with "names" numbered from 0.`,
    );
  }
  const texts = names.map((name) => (typeof name === 'number' ? String(name) : name));
  const wrong = texts.flatMap((text, id) => (typeof text === 'string' && text !== '' ? [] : [id]));
  if (wrong.length > 0) {
    const shown = wrong.slice(0, SHOWN).map((id) => `that of class ${id} is ${describeValue(names[id])}`);
    const more = wrong.length > SHOWN ? `, and ${wrong.length - SHOWN} more` : '';
    throw new UsageError(`${file} has names that are no text: ${shown.join(', ')}${more}. Put them in quotes.`);
  }
  return texts as readonly string[];
}
