/** Numbers and values in words. */

/** A share in [0, 1] as a percentage with so many decimals: `97.3 %`. */
export function percent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)} %`;
}

/** `1 image`, `2 images`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** The first of some texts, as many as are named at most: `a, b, c and 7 more`. */
export function firstOf(texts: readonly string[], named: number, separator = ', '): string {
  const more = texts.length > named ? ` and ${texts.length - named} more` : '';
  return `${texts.slice(0, named).join(separator)}${more}`;
}

/** What options are for: `--a is for x`, `--a, --b are for x`. */
export function areFor(options: readonly string[], what: string): string {
  return `${options.join(', ')} ${options.length > 1 ? 'are' : 'is'} for ${what}`;
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

/**
 * What a value is, for a sentence: `null`, `the number 3`, `a Date`, `an object with width, height and data (a Float32Array)`.
 * @param isField whether it stands in another: what was read from a file may have a thousand in one another.
 */
export function describeValue(value: unknown, isField = false): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value)}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  // By the prototype: a file's object may have a field named constructor.
  const type: string = Object.getPrototypeOf(value)?.constructor.name ?? 'Object';
  if (type !== 'Object') return `a${/^[AEIO]/.test(type) ? 'n' : ''} ${type}`;
  if (isField) return 'an object';
  const fields = Object.entries(value).map(([name, field]) =>
    /number|function/.test(typeof field) ? name : `${name} (${describeValue(field, true)})`,
  );
  return fields[0] ? `an object with ${fields.slice(0, 6).join(', ')}` : 'an empty object';
}

/** An option's value in a message about it: numbers as they are, texts in quotes so that `"512"` is told from `512`, and what anything else is. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? String(value) : describeValue(value);
}
