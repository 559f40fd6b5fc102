import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type LabelMap, labelMap } from '../image/label-map.ts';
import { boundaryScores } from './boundary.ts';

interface Fixture {
  readonly classes: number;
  readonly cases: readonly {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    readonly tolerance: number;
    readonly truth: readonly number[];
    readonly prediction: readonly number[];
    readonly scores: readonly (readonly [number | null, number | null, number] | null)[];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../../test/fixtures/evaluation/boundary.json', import.meta.url), 'utf8'),
) as Fixture;

const map = (width: number, ids: readonly number[]): LabelMap =>
  labelMap(width, ids.length / width, Uint8Array.from(ids));

describe('the boundary F-score', () => {
  test.each(fixture.cases)('is what NumPy finds by measuring all pairs: $name', (drawn) => {
    const scores = boundaryScores(
      map(drawn.width, drawn.truth),
      map(drawn.width, drawn.prediction),
      fixture.classes,
      drawn.tolerance,
    );
    const flat = scores.map((score) => score && [score.precision, score.recall, score.f]);
    for (const [id, expected] of drawn.scores.entries()) {
      if (expected === null) expect(flat[id]).toBeNull();
      for (const [index, value] of (expected ?? []).entries()) {
        if (value === null) expect(flat[id]?.[index]).toBeNull();
        else expect(flat[id]?.[index]).toBeCloseTo(value, 12);
      }
    }
  });

  test.each([
    ['across', (pixel: number) => pixel % 20],
    ['down', (pixel: number) => Math.floor(pixel / 20)],
  ])('counts a contour as matched up to the tolerance and not beyond, %s', (_, position) => {
    const edge = (at: number) =>
      map(
        20,
        Array.from({ length: 400 }, (_, pixel) => (position(pixel) < at ? 0 : 1)),
      );
    const fs = (from: number, to: number, distance: number) =>
      boundaryScores(edge(from), edge(to), 2, distance / Math.hypot(20, 20)).map((score) => score?.f);
    expect(fs(10, 12, 2.0001)).toEqual([1, 1]);
    expect(fs(12, 10, 2.0001)).toEqual([1, 1]);
    expect(fs(10, 12, 1.9999)).toEqual([0, 0]);
  });

  test('has no contour at the edge of the image, nor towards unlabeled pixels', () => {
    const truth = map(4, [1, 1, 255, 0, 1, 1, 255, 0]);
    expect(boundaryScores(truth, truth, 2)).toEqual([null, null]);
  });

  test('is 0 where a class is only in one of the two', () => {
    const [truth, prediction] = [map(4, [0, 0, 1, 1]), map(4, [0, 0, 0, 0])];
    expect(boundaryScores(truth, prediction, 2)).toEqual([
      { precision: null, recall: 0, f: 0 },
      { precision: null, recall: 0, f: 0 },
    ]);
    expect(boundaryScores(prediction, truth, 2)[1]).toEqual({ precision: 0, recall: null, f: 0 });
  });

  test('refuses maps of different sizes and shares that are none', () => {
    expect(() => boundaryScores(map(2, [0, 1]), map(1, [0, 1]), 2)).toThrow(
      'The boundary score got labels of 2x1 and a prediction of 1x2. Bring them to one size.',
    );
    expect(() => boundaryScores(map(2, [0, 1]), map(2, [0, 1]), 2, 2)).toThrow(
      'The boundary tolerance is a share of the diagonal in [0, 1], got 2.',
    );
  });
});
