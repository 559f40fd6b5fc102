import { expect, test } from 'vitest';
import { numbersInPieces } from './numbers-in-pieces.ts';

test.each([0, 1, 65_536, 200_000])(
  '%i numbers are those of JSON, and timers have their turn between pieces',
  async (count) => {
    const numbers = Float32Array.from({ length: count }, (_, index) => index / 7e6);
    if (count > 1) numbers[1] = Number.NaN;
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    let text = '';
    for await (const piece of numbersInPieces(numbers)) text += piece;
    clearInterval(timer);
    expect(JSON.parse(`[${text}]`)).toEqual(JSON.parse(JSON.stringify(Array.from(numbers))));
    expect(turns).toBeGreaterThanOrEqual(count > 65_536 ? 1 : 0);
  },
);
