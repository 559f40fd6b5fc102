import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawn, maskOf, randomLabels } from '../../../test/support/drawn/labels.ts';
import { type LabelMap, labelMap } from '../label-map.ts';
import { componentsOf } from './components.ts';
import { type Polygon, polygonsOf, simplifyPolygon } from './trace-polygons.ts';
import { rasterizeRings } from '../../../test/support/rasterize-rings.ts';
import { type Ring, signedArea } from './rings.ts';
import { cornersOf, simplifyRing } from './simplify.ts';

const everyPolygon = (labels: LabelMap) => polygonsOf(labels, componentsOf(labels), () => true);
const rings = ({ exterior, holes }: Polygon): Ring[] => [exterior, ...holes];
const points = (ring: Ring): string[] =>
  Array.from({ length: ring.length / 2 }, (_, point) => `${ring[2 * point]},${ring[2 * point + 1]}`);

describe('polygonsOf', () => {
  test('covers just the pixels of every component', () => {
    fc.assert(
      fc.property(randomLabels(), (labels) => {
        const { width, height } = labels;
        const components = componentsOf(labels);
        const polygons = everyPolygon(labels);
        expect(polygons.size).toBe(components.list.length);
        const together = new Uint8Array(width * height);
        for (const [id, polygon] of polygons) {
          const mask = rasterizeRings(rings(polygon), width, height);
          expect(mask.filter((value) => value === 1)).toHaveLength(components.list[id]?.pixels as number);
          for (const [pixel, value] of mask.entries()) {
            if (value === 1) expect(labels.data[pixel]).toBe(components.list[id]?.label);
            together[pixel] = (together[pixel] as number) + value;
          }
        }
        expect(together).toEqual(new Uint8Array(width * height).fill(1));
      }),
    );
  });

  test('gives rings that visit no point twice and turn at every point, exteriors clockwise as seen, holes the other way', () => {
    fc.assert(
      fc.property(randomLabels(2), (labels) => {
        for (const { exterior, holes } of everyPolygon(labels).values()) {
          expect(signedArea(exterior)).toBeGreaterThan(0);
          for (const hole of holes) expect(signedArea(hole)).toBeLessThan(0);
          for (const ring of [exterior, ...holes]) {
            expect(new Set(points(ring)).size).toBe(ring.length / 2);
            for (let at = 0; at < ring.length; at += 2) {
              const [x0, y0, x1, y1] = [0, 1, 2, 3].map((next) => ring[(at + next) % ring.length]);
              const [x2, y2] = [4, 5].map((next) => ring[(at + next) % ring.length]);
              expect([x0 === x1, y0 === y1]).toEqual([x1 !== x2, y1 !== y2]);
            }
          }
        }
      }),
    );
  });

  test.each([
    ['a single pixel', drawn('...', '.1.', '...'), [[[1, 1, 2, 1, 2, 2, 1, 2]]]],
    ['the whole image', drawn('111', '111'), [[[0, 0, 3, 0, 3, 2, 0, 2]]]],
    ['two pixels that touch at a corner', drawn('1.', '.1'), [[[0, 0, 1, 0, 1, 1, 0, 1]], [[1, 1, 2, 1, 2, 2, 1, 2]]]],
    [
      'a frame',
      drawn('1111', '1..1', '1111'),
      [
        [
          [0, 0, 4, 0, 4, 3, 0, 3],
          [1, 2, 3, 2, 3, 1, 1, 1],
        ],
      ],
    ],
    [
      'two holes that touch at a corner',
      drawn('1111', '1.11', '11.1', '1111'),
      [
        [
          [0, 0, 4, 0, 4, 4, 0, 4],
          [1, 2, 2, 2, 2, 1, 1, 1],
          [2, 3, 3, 3, 3, 2, 2, 2],
        ],
      ],
    ],
    [
      'a ring of pixels closed at a corner only',
      drawn('.11', '1.1', '111'),
      [
        [
          [1, 0, 3, 0, 3, 3, 0, 3, 0, 1, 1, 1],
          [1, 2, 2, 2, 2, 1, 1, 1],
        ],
      ],
    ],
  ] as const)('outlines %s', (_, labels, expected) => {
    const components = componentsOf(labels);
    const polygons = polygonsOf(labels, components, (label) => label === 1);
    const normal = (ring: Ring) => {
      const all = points(ring);
      const first = all.indexOf([...all].sort((a, b) => (a < b ? -1 : 1))[0] as string);
      return [...all.slice(first), ...all.slice(0, first)];
    };
    expect([...polygons.values()].map((polygon) => rings(polygon).map(normal).sort())).toEqual(
      expected.map((polygon) => polygon.map((ring) => normal([...ring])).sort()),
    );
  });

  test('has none for a class that is not there', () => {
    expect(polygonsOf(drawn('00'), componentsOf(drawn('00')), (label) => label === 1).size).toBe(0);
  });

  test('outlines lines of 65535 pixels, and noise on them', () => {
    const line = labelMap(65_535, 1, new Uint8Array(65_535).fill(1));
    expect(everyPolygon(line).get(0)).toEqual({ exterior: [0, 0, 65_535, 0, 65_535, 1, 0, 1], holes: [] });
    const noise = labelMap(
      65_535,
      3,
      Uint8Array.from({ length: 3 * 65_535 }, (_, pixel) => ((pixel * pixel) % 7) % 2),
    );
    const all = [...polygonsOf(noise, componentsOf(noise), (label) => label === 1).values()].flatMap(rings);
    expect(Buffer.compare(rasterizeRings(all, 65_535, 3), maskOf(noise, 1))).toBe(0);
  });
});

describe('simplifyPolygon', () => {
  const slope = labelMap(
    64,
    64,
    Uint8Array.from({ length: 4096 }, (_, pixel) => (Math.floor(pixel / 64) * 3 > (pixel % 64) * 2 ? 1 : 0)),
  );

  test('makes few corners of stairs', () => {
    const exact = everyPolygon(slope).get(1) as Polygon;
    const simple = simplifyPolygon(exact, slope, 1.5);
    expect(exact.exterior.length / 2).toBeGreaterThan(80);
    expect(simple.exterior.length / 2).toBeLessThan(7);
    const mask = rasterizeRings(rings(simple), 64, 64);
    const wrong = mask.filter((value, pixel) => value !== slope.data[pixel]).length;
    expect(wrong).toBeLessThan(64);
  });

  test('changes nothing with tolerance 0', () => {
    const exact = everyPolygon(slope).get(1) as Polygon;
    expect(simplifyPolygon(exact, slope, 0)).toBe(exact);
  });

  test('opens no gaps: every side but those at the border is a side of a neighbor too, the other way', () => {
    fc.assert(
      fc.property(randomLabels(), fc.double({ min: 0.1, max: 3, noNaN: true }), (labels, tolerance) => {
        const corners = cornersOf(labels);
        const sides = new Map<string, number>();
        for (const ring of [...everyPolygon(labels).values()].flatMap(rings)) {
          const simple = simplifyRing(ring, tolerance, corners);
          fc.pre(simple !== null);
          const left = points(simple);
          for (const [index, corner] of left.entries()) {
            const next = left[(index + 1) % left.length] as string;
            const [side, direction] = corner < next ? [`${corner} ${next}`, 1] : [`${next} ${corner}`, -1];
            sides.set(side, (sides.get(side) ?? 0) + direction);
          }
        }
        const inner = [...sides].filter(([, balance]) => balance !== 0).map(([side]) => side.split(/[ ,]/).map(Number));
        const isBorder = ([x0, y0, x1, y1]: number[]) =>
          (x0 === x1 && (x0 === 0 || x0 === labels.width)) || (y0 === y1 && (y0 === 0 || y0 === labels.height));
        expect(inner.filter((side) => !isBorder(side))).toEqual([]);
      }),
    );
  });

  test('gives the same corners in whichever direction a ring is walked, also at distances that tie with the tolerance', () => {
    const tolerances = [1 / Math.SQRT2, 2 / Math.sqrt(5), 3 / Math.sqrt(10), 2 / Math.sqrt(13), 0.5, 1, 1.5];
    const blob = fc.record({
      stretch: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
      phase: fc.double({ min: 0, max: 6, noNaN: true }),
    });
    fc.assert(
      fc.property(blob, fc.constantFrom(...tolerances), ({ stretch, phase }, tolerance) => {
        const labels = labelMap(
          30,
          30,
          Uint8Array.from({ length: 900 }, (_, pixel) => {
            const [x, y] = [(pixel % 30) - 15, Math.floor(pixel / 30) - 15];
            return Number(Math.hypot(x, y * stretch) < 9 + 3 * Math.sin(3 * Math.atan2(y, x) + phase));
          }),
        );
        const corners = { ...cornersOf(labels), isPinned: () => false };
        for (const ring of [...everyPolygon(labels).values()].flatMap(rings)) {
          const [there, back] = [ring, reversed(ring)].map((each) => simplifyRing(each, tolerance, corners));
          expect(points(back ?? []).sort()).toEqual(points(there ?? []).sort());
        }
      }),
    );
  });

  test('keeps the outline of what is too small', () => {
    const labels = drawn('000', '010', '000');
    const exact = everyPolygon(labels).get(1) as Polygon;
    expect(simplifyPolygon(exact, labels, 3).exterior).toEqual(exact.exterior);
  });

  test.each([1, 1.5, 2, 5])(
    'gives outlines that cross neither themselves nor each other, at %d pixels',
    (tolerance) => {
      fc.assert(
        fc.property(blobs(), (labels) => {
          for (const polygon of everyPolygon(labels).values()) {
            const simple = simplifyPolygon(polygon, labels, tolerance);
            expect(crossings(rings(simple))).toEqual([]);
          }
        }),
        { numRuns: 200 },
      );
    },
  );

  test('looks at about as many corners for each of a long row of teeth as for each of a short one', () => {
    // Teeth of three pixels, with a pixel of the other class in each tooth and gap, which is in the way of every straight line.
    const comb = (width: number): LabelMap =>
      labelMap(
        width,
        12,
        Uint8Array.from({ length: 12 * width }, (_, pixel) => {
          const [x, y] = [(pixel % width) % 6, Math.floor(pixel / width)];
          if (y < 3 || y > 5) return Number(y < 3);
          return y === 4 && (x === 1 || x === 4) ? Number(x === 4) : Number(x < 3);
        }),
      );
    const looks = (width: number): number => {
      const labels = comb(width);
      const corners = cornersOf(labels);
      let count = 0;
      const isOutline = (x: number, y: number) => {
        count++;
        return corners.isOutline(x, y);
      };
      for (const ring of [...everyPolygon(labels).values()].flatMap(rings)) {
        simplifyRing(ring, 3, { ...corners, isOutline });
      }
      return count;
    };
    // 4 times and a little more by halves, 16 times one by one.
    expect(looks(2400)).toBeLessThan(8 * looks(600));
  });

  test('leaves out no corner farther away than the tolerance', () => {
    fc.assert(
      fc.property(randomLabels(2), fc.double({ min: 0.1, max: 3, noNaN: true }), (labels, tolerance) => {
        for (const polygon of everyPolygon(labels).values()) {
          const simple = simplifyPolygon(polygon, labels, tolerance);
          for (const [index, ring] of rings(polygon).entries()) {
            const outline = rings(simple)[index] as Ring;
            for (let at = 0; at < ring.length; at += 2) {
              expect(distance(outline, ring[at] as number, ring[at + 1] as number)).toBeLessThanOrEqual(
                tolerance + 1e-9,
              );
            }
          }
        }
      }),
    );
  });
});

/** Label maps of up to 25 x 25 pixels and three classes, with regions of several pixels, holes and thin parts. */
function blobs(): fc.Arbitrary<LabelMap> {
  const side = fc.integer({ min: 6, max: 25 });
  return fc
    .tuple(side, side, fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 0, max: 3 }))
    .map(([width, height, seed, rounds]) => {
      let state = seed;
      const random = () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return state / 2 ** 32;
      };
      let data = Uint8Array.from({ length: width * height }, () => Math.floor(random() * 3));
      // Each pixel becomes what one of its neighbors is, so that classes grow together.
      for (let round = 0; round < 2 * rounds; round++) {
        data = data.map((_, pixel) => {
          const x = Math.min(width - 1, Math.max(0, (pixel % width) + Math.floor(random() * 3) - 1));
          const y = Math.min(height - 1, Math.max(0, Math.floor(pixel / width) + Math.floor(random() * 3) - 1));
          return data[y * width + x] as number;
        });
      }
      return labelMap(width, height, data);
    });
}

/** The pairs of sides, of one ring or of two, that cross. */
function crossings(all: readonly Ring[]): (readonly number[])[] {
  type Side = readonly [number, number, number, number];
  const sides = all.flatMap((ring) =>
    Array.from({ length: ring.length / 2 }, (_, side): Side => {
      const at = (offset: number) => ring[(2 * side + offset) % ring.length] as number;
      return [at(0), at(1), at(2), at(3)];
    }),
  );
  const turn = ([ax, ay, bx, by]: Side, x: number, y: number) => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
  const areApart = (line: Side, [ax, ay, bx, by]: Side) => turn(line, ax, ay) * turn(line, bx, by) < 0;
  return sides.flatMap((one, index) =>
    sides
      .slice(index + 1)
      .flatMap((other) => (areApart(one, other) && areApart(other, one) ? [[...one, ...other]] : [])),
  );
}

function reversed(ring: Ring): Ring {
  return ring.map((_, at) => ring[ring.length - 2 - at + 2 * (at % 2)] as number);
}

function distance(ring: Ring, x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < ring.length; at += 2) {
    const [x0, y0] = [ring[at] as number, ring[at + 1] as number];
    const [dx, dy] = [(ring[(at + 2) % ring.length] as number) - x0, (ring[(at + 3) % ring.length] as number) - y0];
    const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
    least = Math.min(least, Math.hypot(x0 + along * dx - x, y0 + along * dy - y));
  }
  return least;
}

describe('rasterizeRings', () => {
  test('takes pixels whose centers are inside, also of rings that leave the image', () => {
    expect([...rasterizeRings([[-5, -5, 2.4, -5, 2.4, 1.6, -5, 1.6]], 4, 3)]).toEqual([
      1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0,
    ]);
    expect([...rasterizeRings([[9, 0, 12, 0, 12, 3]], 4, 3)]).toEqual(new Array(12).fill(0));
  });

  test.each([
    [[[0, 0, 1]], 'Ring 0 has 3 coordinates; give x and y by turns.'],
    [
      [
        [0, 0, 1, 1, 0, 1],
        [0, Number.NaN],
      ],
      'Ring 1 has coordinates that are no finite numbers.',
    ],
  ])('refuses %j', (bad, message) => {
    expect(() => rasterizeRings(bad, 4, 4)).toThrow(message);
  });
});
