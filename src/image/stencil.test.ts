import { expect, test } from 'vitest';
import { EMPTY_STENCIL, trimmedStencil } from './stencil.ts';

test('trimming leaves the rows and columns that have pixels', () => {
  const data = Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0);
  expect(trimmedStencil({ x: 10, y: 20, width: 4, height: 4, data })).toEqual({
    x: 11,
    y: 21,
    width: 2,
    height: 2,
    data: Uint8Array.of(1, 0, 0, 1),
  });
  expect(trimmedStencil({ x: 0, y: 0, width: 4, height: 4, data: new Uint8Array(16) })).toBe(EMPTY_STENCIL);
});

test('trimming looks at no row twice, however many are empty', () => {
  const [width, height] = [4, 8];
  const looked: number[] = [];
  /** Says how many pixels each search may look at. */
  class Watched extends Uint8Array {
    override indexOf(value: number, from = 0): number {
      looked.push(this.length - from);
      return super.indexOf(value, from);
    }
  }
  const data = new Watched(width * height);
  data[data.length - 1] = 1;
  expect(trimmedStencil({ x: 0, y: 0, width, height, data })).toMatchObject({ x: 3, y: 7, width: 1, height: 1 });
  expect(looked).toEqual(Array.from({ length: height }, () => width));
});
