/** Paths that match a pattern with `*`, `?`, `**` and `{a,b}`; brackets are ordinary characters, as they are in file names. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import nodePath, { join, type PlatformPath } from 'node:path';
import { UsageError } from '../../errors.ts';

/** Patterns that a pattern with braces may stand for. */
const MOST_ALTERNATIVES = 1000;

/** Whether a path is a pattern rather than a name. */
export function isGlob(path: string): boolean {
  return /[*?]|\{[^{}]*,[^{}]*\}/.test(path);
}

/** The folder in front of the first part with a wildcard: what matches are named relative to. */
export function globBase(pattern: string): string {
  const typed = forward(pattern, nodePath);
  const literal = typed.slice(0, typed.search(/[*?{]/));
  return literal.slice(0, literal.lastIndexOf('/') + 1) || '.';
}

/**
 * The files that match, in no particular order, each once. `**` as a whole part stands for any number of folders.
 * Hidden files and folders match only where the pattern's part begins with a dot itself.
 * @throws UsageError if the braces stand for more than 1000 patterns.
 */
export function globFiles(pattern: string): string[] {
  const found = new Set<string>();
  for (const alternative of alternatives(pattern)) {
    const { root, parts } = patternOf(alternative);
    match(root, parts, found);
  }
  return [...found];
}

/** Where a pattern is looked for from, the empty text for the working folder, and its parts below. */
export function patternOf(
  pattern: string,
  path: PlatformPath = nodePath,
): { readonly root: string; readonly parts: readonly string[] } {
  // A drive's or a share's name is no part that could match.
  const { root } = path.parse(pattern);
  return { root, parts: forward(pattern.slice(root.length), path).split('/') };
}

/** With `/` where the system has another separator beside it. */
const forward = (pattern: string, { sep }: PlatformPath): string =>
  sep === '\\' ? pattern.replaceAll('\\', '/') : pattern;

function alternatives(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const innermost = /\{([^{}]*,[^{}]*)\}/.exec(next);
    if (innermost === null) done.push(next);
    else {
      const [whole, inside] = innermost as unknown as [string, string];
      for (const choice of inside.split(',')) {
        open.push(next.slice(0, innermost.index) + choice + next.slice(innermost.index + whole.length));
      }
    }
    if (done.length + open.length > MOST_ALTERNATIVES) {
      throw new UsageError(`${pattern}: the braces stand for more than ${MOST_ALTERNATIVES} patterns. Use * instead.`);
    }
  }
  return done;
}

function match(folder: string, parts: readonly string[], found: Set<string>): void {
  const [part, ...rest] = parts as [string, ...string[]];
  if (part === '**') {
    match(folder, rest.length === 0 ? ['*'] : rest, found);
    if (rest[0] === '**') return;
    for (const entry of entriesOf(folder)) {
      // Links to folders are not followed here: they may lead back up.
      if (entry.isDirectory() && !entry.name.startsWith('.')) match(join(folder, entry.name), parts, found);
    }
    return;
  }
  for (const path of candidates(folder, part)) {
    if (rest.length > 0) match(path, rest, found);
    else if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) found.add(path);
  }
}

function candidates(folder: string, part: string): string[] {
  if (!isGlob(part)) return [join(folder, part)];
  const expression = new RegExp(
    `^${part
      .normalize('NFC')
      .replace(/[.+^$()|[\]{}\\]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
    'su',
  );
  return entriesOf(folder)
    .filter(({ name }) => expression.test(name.normalize('NFC')) && (!name.startsWith('.') || part.startsWith('.')))
    .map(({ name }) => join(folder, name));
}

/** None, if it is no folder or must not be read: then nothing in it matches. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
