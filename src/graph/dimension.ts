/**
 * Extents that may stay open: a number, or the text of an expression in named extents such as `floor((height+1)/2)`.
 * Expressions have one spelling each, so that equal extents are equal strings.
 */

import { ShapeError } from '../errors.ts';

/** One extent of a graph's value: a number, or an expression in extents that are named and known only at the run. */
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

/** `dimension * factor`, both positive. */
export function multiplyDimension(dimension: Dimension, factor: Dimension): Dimension {
  if (typeof dimension === 'number' && typeof factor === 'number') return dimension * factor;
  if (factor === 1) return dimension;
  if (dimension === 1) return factor;
  const [first, second] = typeof dimension === 'number' ? [dimension, factor] : [factor, dimension];
  return `${bracketed(first)}*${bracketed(second)}`;
}

const bracketed = (dimension: Dimension): string =>
  typeof dimension === 'number' || /^\w+$/.test(dimension) ? String(dimension) : `(${dimension})`;

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

/**
 * The number that an expression has where its named extents have these.
 * @throws ShapeError if the text is no expression as this module spells them.
 */
export function evaluateDimension(dimension: Dimension, extentOf: (name: string) => number): number {
  if (typeof dimension === 'number') return dimension;
  const tokens = dimension.match(/\w+|[-+*/()]/g) ?? [];
  const refusal = (): ShapeError => new ShapeError(`${dimension} is no expression of extents.`);
  if (tokens.join('') !== dimension) throw refusal();
  let at = 0;
  const take = (token: string): boolean => tokens[at] === token && at++ >= 0;
  const factor = (): number => {
    const token = tokens[at++] ?? '';
    if (token === 'floor') return Math.floor(factor());
    if (token === '(') {
      const inner = sum();
      if (!take(')')) throw new ShapeError(`${dimension} has a bracket that does not close.`);
      return inner;
    }
    if (/^\d+$/.test(token)) return Number(token);
    if (!/^[a-z_]\w*$/i.test(token)) throw refusal();
    return extentOf(token);
  };
  const product = (): number => {
    let value = factor();
    for (;;) {
      if (take('*')) value *= factor();
      else if (take('/')) value /= factor();
      else return value;
    }
  };
  const sum = (): number => {
    let value = product();
    for (;;) {
      if (take('+')) value += product();
      else if (take('-')) value -= product();
      else return value;
    }
  };
  const value = sum();
  if (at < tokens.length) throw refusal();
  return value;
}
