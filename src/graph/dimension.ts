/**
 * Extents that may stay open: a number, or the text of an expression in named extents such as `floor((height+1)/2)`.
 * Expressions have one spelling each, so that equal extents are equal strings.
 */

export type Dimension = number | string;

/** `dimension + amount`. */
export function addToDimension(dimension: Dimension, amount: number): Dimension {
  if (typeof dimension === 'number') return dimension + amount;
  const { base, offset } = splitOffset(dimension);
  return withOffset(base, offset + amount);
}

/**
 * `floor(dimension / divisor)` for a positive whole divisor.
 * Whole multiples leave the fraction, so that floor((h-1)/2)+1 and floor((h+1)/2) are spelled alike.
 */
export function floorDivideDimension(dimension: Dimension, divisor: number): Dimension {
  if (typeof dimension === 'number') return Math.floor(dimension / divisor);
  if (divisor === 1) return dimension;
  const { base, offset } = splitOffset(dimension);
  const whole = Math.floor(offset / divisor);
  const inner = withOffset(base, offset - whole * divisor);
  return withOffset(`floor(${inner === base ? inner : `(${inner})`}/${divisor})`, whole);
}

/** Whether an extent is known only when the graph runs. */
export function isOpen(dimension: Dimension): dimension is string {
  return typeof dimension === 'string';
}

/** Whether every extent is a known number. */
export function isStatic(shape: readonly Dimension[]): shape is readonly number[] {
  return shape.every((dimension) => typeof dimension === 'number');
}

function splitOffset(expression: string): { base: string; offset: number } {
  // A base ends in a name or a closing bracket, so a trailing signed number is always the outermost offset.
  const match = /^(.*[^+-])([+-]\d+)$/.exec(expression);
  return match ? { base: match[1] as string, offset: Number(match[2]) } : { base: expression, offset: 0 };
}

function withOffset(base: string, offset: number): string {
  if (offset === 0) return base;
  return offset > 0 ? `${base}+${offset}` : `${base}${offset}`;
}
