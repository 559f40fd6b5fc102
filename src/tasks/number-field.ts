/** A field of a request that is a number. */
import * as z from 'zod';
import { type NumberRange, RANGES } from './ranges.ts';

/** The schema of the field's range. */
export function numberField(name: keyof typeof RANGES): z.ZodNumber {
  const { whole, least, most }: NumberRange = RANGES[name];
  const number = (whole ? z.int() : z.number()).min(least);
  return most === undefined ? number : number.max(most);
}
