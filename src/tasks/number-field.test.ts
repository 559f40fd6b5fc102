import { expect, test } from 'vitest';
import { numberFor } from '../cli/parse.ts';
import { numberField } from './number-field.ts';
import { type NumberRange, RANGES } from './ranges.ts';

const FIELDS = Object.keys(RANGES) as (keyof typeof RANGES)[];

test.each(FIELDS)('%s takes the same numbers as a field and as an option', (field) => {
  const { whole, least, most }: NumberRange = RANGES[field];
  const fits = [
    least,
    ...(most === undefined ? [least + 1e6] : [most, whole ? Math.floor((least + most) / 2) : (least + most) / 2]),
  ];
  const unfit = [least - 1, ...(most === undefined ? [] : [most + 1]), ...(whole ? [least + 0.5] : [])];
  const isTaken = (number: number): readonly boolean[] => {
    const typed = (): number => numberFor('--option', field)(String(number));
    return [numberField(field).safeParse(number).success, attempt(typed)];
  };
  for (const number of fits) expect(isTaken(number), String(number)).toEqual([true, true]);
  for (const number of unfit) expect(isTaken(number), String(number)).toEqual([false, false]);
});

function attempt(work: () => number): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
