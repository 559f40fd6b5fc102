/** Numbers and values in words. */

/** A share in [0, 1] as a percentage with so many decimals: `97.3 %`. */
export function percent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)} %`;
}

/** `1 image`, `2 images`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** `1:05:09` or `5:09`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** How many objects in one another are described. */
const DEPTH = 2;

/** What a value is, for a sentence: `null`, `the number 3`, `a Date`, `an object with width, height and data (a Float32Array)`. */
export const describeValue = (value: unknown): string => describe(value, DEPTH);

function describe(value: unknown, depth: number): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value)}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const type = typeName(value);
  if (type !== 'Object') return `${/^[AEIO]/.test(type) ? 'an' : 'a'} ${type}`;
  const fields = Object.entries(value).slice(0, 6);
  if (fields.length === 0) return 'an empty object';
  if (depth === 0) return 'an object';
  const described = fields.map(([name, field]) => (isSimple(field) ? name : `${name} (${describe(field, depth - 1)})`));
  return `an object with ${described.join(', ')}`;
}

/** By the prototype: fields of what was read from a file may be named `constructor` too. */
const typeName = (value: object): string =>
  (Object.getPrototypeOf(value) as object | null)?.constructor.name ?? 'Object';

const isSimple = (value: unknown): boolean => typeof value === 'number' || typeof value === 'function';
