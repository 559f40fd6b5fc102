import { expect, test } from 'vitest';
import { growth } from './powers.ts';

test('growth is e^x to twelve digits, by its series and beyond', () => {
  for (let x = -0.2; x <= 0.2; x += 0.001) expect(Math.abs(growth(x) / Math.exp(x) - 1)).toBeLessThan(2e-12);
  for (const x of [-700, -5, 5, 700]) expect(growth(x)).toBe(Math.exp(x));
});
