/**
 * Patterns of tensor names, written as they are read: `layer{s=1..4}.{b}.bn{n}.*`.
 *
 * `{k}` stands for a whole number, `{k=1..3}` for one of a range, `{k-1}`, `{k+1}` and `{5-k}` for one counted from
 * elsewhere; `*` for one part without a dot, `**` for all that is left.
 */
import { UsageError } from '../../errors.ts';

/** Rewrites the names of one form, both ways. */
export interface Rule {
  /** The rewritten name, or undefined for names of another form. */
  readonly forward: (name: string) => string | undefined;
  readonly backward: (name: string) => string | undefined;
}

/** One placeholder: its number is `sign` times the variable plus `offset`. `*` and `**` have texts in place of numbers. */
interface Placeholder {
  readonly variable: string;
  readonly sign: 1 | -1;
  readonly offset: number;
  readonly range?: readonly [number, number];
}

interface Template {
  /** One more than placeholders: the texts around them. */
  readonly literals: readonly string[];
  readonly placeholders: readonly Placeholder[];
  readonly matcher: RegExp;
}

type Bindings = ReadonlyMap<string, string | number>;

const PLACEHOLDER = /\{(?:(\d+)-)?([a-z])([+-]\d+)?(?:=(\d+)\.\.(\d+))?\}|(\*\*?)/g;

/** Numbers longer than this are no indices. */
const NUMBER = '(0|[1-9]\\d{0,4})';

const WILDCARDS: Readonly<Record<string, string>> = { '*': '([^.]+)', '**': '(.+)' };

/**
 * The rule that takes names of the one form to the other.
 * @throws UsageError if one side uses a placeholder that the other has not.
 */
export function rule(from: string, to: string): Rule {
  const source = parse(from);
  const target = parse(to);
  const variables = (template: Template): string =>
    [...new Set(template.placeholders.map(({ variable }) => variable))].sort().join(' ');
  if (variables(source) !== variables(target)) {
    throw new UsageError(
      `The patterns "${from}" and "${to}" differ in their placeholders. Use the same on both sides.`,
    );
  }
  const ranges = [...source.placeholders, ...target.placeholders];
  return {
    forward: (name) => rewrite(name, source, target, ranges),
    backward: (name) => rewrite(name, target, source, ranges),
  };
}

/** Whether a name is of a form. */
export function matchesTemplate(pattern: string): (name: string) => boolean {
  const template = parse(pattern);
  return (name) => bind(name, template, template.placeholders) !== undefined;
}

function parse(text: string): Template {
  const literals: string[] = [];
  const placeholders: Placeholder[] = [];
  let source = '';
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, minuend, letter, shift, low, high, wildcard] = match;
    const literal = text.slice(end, match.index);
    literals.push(literal);
    source += escapeRegExp(literal) + (wildcard === undefined ? NUMBER : WILDCARDS[wildcard]);
    placeholders.push({
      variable: letter ?? (wildcard as string),
      sign: minuend === undefined ? 1 : -1,
      offset: Number(minuend ?? shift ?? 0),
      ...(low === undefined ? {} : { range: [Number(low), Number(high)] as const }),
    });
    end = match.index + whole.length;
  }
  const last = text.slice(end);
  literals.push(last);
  return { literals, placeholders, matcher: new RegExp(`^${source}${escapeRegExp(last)}$`) };
}

function rewrite(name: string, from: Template, to: Template, ranges: readonly Placeholder[]): string | undefined {
  const bindings = bind(name, from, ranges);
  return bindings === undefined ? undefined : fill(to, bindings);
}

function bind(name: string, { matcher, placeholders }: Template, ranges: readonly Placeholder[]): Bindings | undefined {
  const match = matcher.exec(name);
  if (match === null) return undefined;
  const bindings = new Map<string, string | number>();
  for (const [index, { variable, sign, offset }] of placeholders.entries()) {
    const text = match[index + 1] as string;
    const value = variable in WILDCARDS ? text : sign * (Number(text) - offset);
    if (bindings.has(variable) && bindings.get(variable) !== value) return undefined;
    bindings.set(variable, value);
  }
  const within = ranges.every(({ variable, range }) => {
    const value = bindings.get(variable);
    if (typeof value !== 'number') return true;
    const [low, high] = range ?? [0, Number.MAX_SAFE_INTEGER];
    return value >= low && value <= high;
  });
  return within ? bindings : undefined;
}

/** The name with these numbers and texts; undefined where an index would be negative. */
function fill({ literals, placeholders }: Template, bindings: Bindings): string | undefined {
  let name = literals[0] as string;
  for (const [index, { variable, sign, offset }] of placeholders.entries()) {
    const bound = bindings.get(variable);
    const value = typeof bound === 'number' ? sign * bound + offset : bound;
    if (typeof value === 'number' && value < 0) return undefined;
    name += `${value}${literals[index + 1]}`;
  }
  return name;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
