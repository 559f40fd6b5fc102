/** Values of options as they are typed. All throw UsageError with what was typed and what is allowed. */
import { UsageError } from './errors.ts';

/** A whole number in digits, of at least `minimum`, and of at most `maximum` where there is one. */
export function wholeNumber(option: string, minimum: number, maximum?: number): (text: string) => number {
  const range = maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return (text) => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value) || value < minimum || value > (maximum ?? value)) {
      throw new UsageError(`${option} takes a whole number ${range}, got "${text}".`);
    }
    return value;
  };
}

/** A number between two bounds. */
export function numberBetween(option: string, minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= minimum && value <= maximum)) {
      throw new UsageError(`${option} takes a number from ${minimum} to ${maximum}, got "${text}".`);
    }
    return value;
  };
}

/** One of a list of words. */
export function oneOf<T extends string>(option: string, allowed: readonly T[]): (text: string) => T {
  return (text) => {
    if (!(allowed as readonly string[]).includes(text)) {
      throw new UsageError(`${option} takes ${allowed.join(', ')}; got "${text}".`);
    }
    return text as T;
  };
}
