/** Tensors that do not fit, told in one message that stays readable however many they are. */
import { formatShape, sameShape } from './shape.ts';
import type { DataType } from './tensor.ts';

/** What can be wrong with one tensor, in the order in which it is reported. */
const KINDS = {
  missing: 'Missing',
  unexpected: 'Not part of the network',
  shape: 'Of another shape (found -> expected)',
  dtype: 'Of another type (found -> expected)',
  type: 'Not of a floating-point type',
  value: 'Not finite in float32',
} as const satisfies Record<string, string>;

export interface Mismatch {
  readonly kind: keyof typeof KINDS;
  readonly name: string;
  /** What was found, and expected: `[21] -> [11]`. */
  readonly detail: string;
}

interface Form {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** What is wrong with a tensor that is taken as it is, without a conversion; null if nothing is. */
export function mismatchOf(name: string, found: Form | undefined, expected: Form): Mismatch | null {
  if (!found) return { kind: 'missing', name, detail: formatShape(expected.shape) };
  if (!sameShape(found.shape, expected.shape)) {
    return { kind: 'shape', name, detail: `${formatShape(found.shape)} -> ${formatShape(expected.shape)}` };
  }
  return found.dtype === expected.dtype ? null : { kind: 'dtype', name, detail: `${found.dtype} -> ${expected.dtype}` };
}

/** Tensors of one kind that are named; further ones are counted. */
const SHOWN = 12;

const LINE_WIDTH = 110;

/**
 * The message: for each kind how many there are, what they have in common, and the first of them.
 * @param subject what was loaded, such as a file's name.
 * @param advice what to do: the last line.
 */
export function describeMismatches(subject: string, mismatches: readonly Mismatch[], advice: string): string {
  const count = mismatches.length;
  const lines = [`${subject}: ${count} tensor${count === 1 ? ' does' : 's do'} not fit the network.`];
  for (const [kind, title] of Object.entries(KINDS)) {
    const own = mismatches.filter((mismatch) => mismatch.kind === kind);
    if (own.length > 0) lines.push(...describeKind(title, own));
  }
  return [...lines, advice].join('\n');
}

function describeKind(title: string, own: readonly Mismatch[]): string[] {
  const detail = own.length > SHOWN ? commonDetail(own) : undefined;
  const place = own.length > SHOWN ? commonPlace(own.map(({ name }) => name)) : '';
  const common = [
    ...(detail === undefined ? [] : [`all ${detail}`]),
    ...(place === '' ? [] : [`all in ${printable(place)}`]),
  ];
  const items = own
    .slice(0, SHOWN)
    .map((each) => (detail === undefined ? `${printable(each.name)} ${each.detail}` : printable(each.name)));
  if (own.length > SHOWN) items.push(`and ${own.length - SHOWN} more`);
  return [`${[`${title}, ${own.length}`, ...common].join(', ')}:`, ...wrap(items)];
}

function commonDetail(own: readonly Mismatch[]): string | undefined {
  const [first] = own;
  return own.every(({ detail }) => detail === first?.detail) ? first?.detail : undefined;
}

/** The longest part before a point that all names begin with; empty if there is none. */
function commonPlace(names: readonly string[]): string {
  const parts = names.map((name) => name.split('.').slice(0, -1));
  const [first = []] = parts;
  const length = first.findIndex((part, index) => !parts.every((other) => other[index] === part));
  return first.slice(0, length < 0 ? first.length : length).join('.');
}

/** Items side by side, as many as a line takes. */
function wrap(items: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? `  ${item}` : `${line}; ${item}`;
    if (line !== '' && longer.length > LINE_WIDTH) {
      lines.push(`${line};`);
      line = `  ${item}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** Names come from files: what a terminal might obey is escaped. */
function printable(name: string): string {
  const short = name.length > 200 ? `${name.slice(0, 200)}...` : name;
  return /^[\w.:/-]+$/.test(short) ? short : JSON.stringify(short);
}
