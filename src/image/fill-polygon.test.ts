import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { fillPolygon } from './fill-polygon.ts';
import { decodeRunLengths } from './regions/run-lengths.ts';
import { stencilArea } from './stencil.ts';

/** Width, height, outline, and the mask that rleFrPoly of pycocotools 2.0's maskApi.c gives, as its compressed run lengths. */
const MASKS: readonly (readonly [
  title: string,
  width: number,
  height: number,
  ring: readonly number[],
  counts: string,
])[] = [
  ['a rectangle along edges of pixels', 12, 10, [2, 3, 7, 3, 7, 8, 2, 8], 'g0550000000_1'],
  ['a rectangle at halves of pixels', 12, 10, [2.5, 3.5, 7.5, 3.5, 7.5, 8.5, 2.5, 8.5], 'R1550000000T1'],
  ['a triangle', 20, 16, [1.2, 1.7, 17.6, 4.1, 6.3, 14.9], 'R13=3M2N3N1NO1O1O1O1O1O2N1O1O1O]1'],
  [
    'the same triangle the other way round',
    20,
    16,
    [6.3, 14.9, 17.6, 4.1, 1.2, 1.7],
    'R13=3M2N3N1NO1O1O1O1O1O2N1O1O1O]1',
  ],
  ['a sliver', 20, 16, [0.4, 0.4, 19.3, 12.2, 18.9, 12.9], 'U41a10oN0O01000O010003'],
  ['less than a pixel', 8, 8, [3.1, 3.1, 3.3, 3.1, 3.3, 3.3, 3.1, 3.3], 'P2'],
  ['a pixel by its center', 8, 8, [3.4, 3.4, 3.7, 3.4, 3.7, 3.7, 3.4, 3.7], 'k01T1'],
  ['the whole image', 9, 7, [0, 0, 9, 0, 9, 7, 0, 7], '0o1'],
  ['more than the image', 9, 7, [-5.3, -4.2, 14.1, -3.3, 13.7, 11.9, -4.4, 12.6], '0o1'],
  ['a part that is outside', 14, 11, [-6.5, 2.2, 8.3, -3.1, 17.2, 6.6, 5.5, 15.8], '0:1_30`L2NO'],
  ['an outline that crosses itself', 16, 16, [2, 2, 13, 13, 13, 2, 2, 13], 'R1:7N2N2N2Na00_O2N2N2N2]1'],
  [
    'a star, whose middle is inside twice',
    24,
    24,
    [12, 1, 18.5, 21, 1.5, 8.5, 22.5, 8.5, 5.5, 21],
    'a21g01O001@O72E1;NE2a0OIOJO35NJ26;MBN9OF3:OC2<OD0<OHO718O1OP2',
  ],
  [
    'a cut to a hole and back',
    16,
    14,
    [1, 1, 14, 1, 14, 12, 1, 12, 1, 6, 5, 6, 5, 9, 10, 9, 10, 4, 5, 4, 5, 6, 1, 6],
    '?;3000000H20N020N020N020N020N8000000k0',
  ],
  [
    'points that are there twice',
    16,
    14,
    [2.2, 2.2, 2.2, 2.2, 12.7, 3.1, 12.7, 3.1, 7.4, 11.8, 7.4, 11.8],
    'n01=1O2O1N2N2NN2N2O1N2OX1',
  ],
  ['steep sides', 10, 30, [3.3, 1.1, 4.9, 1.4, 7.2, 28.6, 5.1, 28.9], 'k22l0?G52CV2'],
  [
    'a wild outline of 7 points',
    36,
    30,
    [27.85, 14.45, 21.35, 19.54, 15.13, 23.96, 9.58, 18.17, 11.52, 11.67, 15.17, 5.14, 21.2, 9.56],
    'k94g04M3M3M3N20N2N2O0O2N2N101N2N2N1O2OR7',
  ],
  [
    'a wild outline of 23 points',
    36,
    30,
    [
      24.37, 14.21, 26.37, 16.63, 27.81, 20.33, 22.42, 19.23, 21.21, 20.92, 19.85, 24.38, 16.87, 26.81, 14.37, 23.67,
      12.67, 21.38, 7.78, 22.31, 11.93, 16.73, 5.84, 15.84, 9.78, 13.12, 11.31, 11.42, 12.44, 9.9, 13.03, 7.54, 13.81,
      3.17, 17.24, 6.96, 19.78, 4.35, 22.55, 4.91, 23.61, 7.92, 26.14, 9.1, 23.94, 12.47,
    ],
    'S61m00O1YOO`02_OO`03^ONa08O0L6N3O0000OO0010N2M3O4M0I_O2a0KB4f0N2Nm6',
  ],
];

/** The stencil in a whole image, as rows of dots and crosses, which a failure shows well. */
function drawing(width: number, height: number, ring: readonly number[]): string[] {
  const stencil = fillPolygon(ring, width, height);
  const mask = new Uint8Array(width * height);
  for (let row = 0; row < stencil.height; row++) {
    for (let column = 0; column < stencil.width; column++) {
      mask[(stencil.y + row) * width + stencil.x + column] = stencil.data[row * stencil.width + column] as number;
    }
  }
  return rowsOf(mask, width);
}

function rowsOf(mask: Uint8Array, width: number): string[] {
  const text = [...mask].map((value) => '.#'[value]).join('');
  return Array.from({ length: mask.length / width }, (_, row) => text.slice(row * width, (row + 1) * width));
}

describe('a polygon has just the pixels that pycocotools gives it', () => {
  test.each(MASKS)('%s', (_, width, height, ring, counts) => {
    expect(drawing(width, height, ring)).toEqual(rowsOf(decodeRunLengths({ size: [height, width], counts }), width));
  });
});

test('a polygon drawn by hand: a pixel is inside where its center is', () => {
  expect(drawing(6, 5, [1, 1, 5, 1, 1, 5])).toEqual([
    '......', //
    '.###..',
    '.##...',
    '.#....',
    '......',
  ]);
});

test('what has no pixel is empty, however long it is', () => {
  for (const ring of [
    [3, 1, 3, 9, 3, 5],
    [-9, -9, -2, -9, -2, -2],
    [0, 0, 0, 0, 0, 0],
  ]) {
    expect(stencilArea(fillPolygon(ring, 12, 10))).toBe(0);
  }
});

describe('an outline far outside of the image', () => {
  test('is filled as far as it is inside, in no time', () => {
    const start = performance.now();
    expect(stencilArea(fillPolygon([2, 2, 1e9, 2, 1e9, 6, 2, 6], 16, 8))).toBe(56);
    expect(performance.now() - start).toBeLessThan(100);
    expect(stencilArea(fillPolygon([2, -1e9, 6, -1e9, 6, 1e9, 2, 1e9], 16, 8))).toBe(32);
    expect(fillPolygon([0, 0, 1e7, 0, 1e7, 1e7], 64, 48)).toEqual(fillPolygon([0, 0, 1e2, 0, 1e2, 1e2], 64, 48));
  });

  test.each([
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [1e300, '1e+300'],
  ])('is refused where a coordinate is %d', (value, shown) => {
    expect(() => fillPolygon([2, 2, 9, value, 9, 6], 16, 8)).toThrow(
      new UsageError(`fillPolygon: y of point 2 is ${shown}. Give numbers of pixels between -1e12 and 1e12.`),
    );
  });
});
