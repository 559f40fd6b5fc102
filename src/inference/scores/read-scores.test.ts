/** Labels, confidence, entropy and probabilities of logits, against the graph that has every enlarged logit. */
import { beforeAll, describe, expect, test } from 'vitest';
import { runGraph } from '../../../test/golden/run-graph.ts';
import { div, exp, reciprocal, sub } from '../../graph/ops/elementwise.ts';
import { reduceMax, reduceSum } from '../../graph/ops/reduction.ts';
import { resize } from '../../graph/ops/resize.ts';
import { input } from '../../graph/value.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import { randomStream } from '../../tensor/random.ts';
import { float32, int64, type Tensor } from '../../tensor/tensor.ts';
import { entropyOf } from '../entropy-graph.ts';
import { HOST_ENDS } from '../graph-ends.ts';
import { linearRuns } from './linear-runs.ts';
import { readScores, readScoresInSteps } from './read-scores.ts';
import type { ReadScores } from './block-reader.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const ALL = { confidence: true, entropy: true, probabilities: true } as const;

/** Drawn logits [1, classes, height, width], the more apart the larger the scale. */
function drawn(classes: number, height: number, width: number, scale: number): Tensor<'float32'> {
  const { normal } = randomStream(1, classes, height, width, scale);
  const data = Float32Array.from({ length: classes * height * width }, () => scale * normal());
  return float32([1, classes, height, width], data);
}

async function byGraph(logits: Tensor<'float32'>, width: number, height: number) {
  const size = input('size', 'int64', [2]);
  const names = ['image_height', 'image_width'] as const;
  const upsampled = resize(input('logits', 'float32', logits.shape), { size, names }, 'half_pixel', 'linear');
  const numerators = exp(sub(upsampled, reduceMax(upsampled, 1)));
  const total = reduceSum(numerators, 1);
  const probabilities = div(numerators, total);
  const outputs = {
    labels: HOST_ENDS.labels(upsampled),
    confidence: reciprocal(total),
    entropy: entropyOf(probabilities, 1),
    probabilities,
  };
  return runGraph(backend, outputs, new Map(), { logits, size: int64([2], [height, width]) });
}

const largestDifference = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  Array.from(one).reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] as number))), 0);

describe('what logits say of an image', () => {
  test.each([
    ['enlarged', 5, [7, 9], [60, 41], 3],
    ['enlarged by little', 5, [20, 30], [37, 31], 3],
    ['as they are', 3, [8, 9], [9, 8], 3],
    ['shrunk', 4, [30, 40], [13, 8], 3],
    ['of one class', 1, [4, 5], [20, 16], 3],
    ['of more classes than a byte tells apart', 300, [3, 4], [16, 12], 2],
    ['of one place', 4, [1, 1], [5, 6], 3],
    ['far apart', 6, [6, 5], [50, 40], 60],
    ['enlarged by more than a block takes', 3, [2, 2], [300, 270], 3],
  ] as const)('is what the graph computes, %s', async (_, classes, [rows, columns], [width, height], scale) => {
    const logits = drawn(classes, rows, columns, scale);
    const expected = await byGraph(logits, width, height);
    const got = readScores(logits, { width, height }, ALL);
    expect(got.labels.constructor.name).toBe(classes > 256 ? 'Uint16Array' : 'Uint8Array');
    expect(Array.from(got.labels)).toEqual(Array.from(expected.labels?.data as Uint8Array));
    for (const name of ['confidence', 'entropy', 'probabilities'] as const) {
      expect(got[name]?.length, name).toBe(expected[name]?.data.length);
      const reference = expected[name]?.data as Float32Array;
      // The graph rounds places and scores to float32: with scores of hundreds that is 1e-5 of a probability.
      if (classes > 1 || name !== 'entropy')
        expect(largestDifference(got[name] as Float32Array, reference), name).toBeLessThan(2e-6 * Math.max(1, scale));
    }
  });

  test.each([[{}], [{ confidence: true }], [{ entropy: true }], [{ confidence: true, probabilities: true }]])(
    'is the same whatever else is read: %j',
    (wanted) => {
      const logits = drawn(6, 9, 8, 4);
      const [all, some] = [ALL, wanted].map((each) => readScores(logits, { width: 70, height: 50 }, each)) as [
        ReadScores,
        ReadScores,
      ];
      expect(Object.keys(some).sort()).toEqual(['labels', ...Object.keys(wanted)].sort());
      for (const name of Object.keys(some) as (keyof ReadScores)[]) {
        expect(largestDifference(some[name] as Float32Array, all[name] as Float32Array), name).toBeLessThan(1e-7);
      }
    },
  );

  test('is told where scores fall by thousands from one place to the next', () => {
    const logits = float32([1, 3, 1, 2], [5000, -5000, -5000, 5000, 0, 0]);
    const { labels, confidence, entropy } = readScores(logits, { width: 9, height: 1 }, ALL);
    expect(Array.from(labels)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect(Array.from(confidence as Float32Array).map((value) => Number(value.toFixed(6)))).toEqual([
      1, 1, 1, 1, 0.333333, 1, 1, 1, 1,
    ]);
    expect(Array.from(entropy as Float32Array).map((value) => Number(value.toFixed(6)))).toEqual([
      0, 0, 0, 0, 1, 0, 0, 0, 0,
    ]);
  });

  test('is told where a class that counts nowhere rises by thousands', () => {
    const logits = float32([1, 2, 1, 2], [0, 0, -4000, -200]);
    const { labels, confidence, probabilities } = readScores(logits, { width: 6, height: 1 }, ALL);
    expect(new Set(labels)).toEqual(new Set([0]));
    expect(new Set(confidence)).toEqual(new Set([1]));
    expect(Array.from(probabilities as Float32Array)).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  });

  test.each([
    ['one class', [0, -1600, -1600, 0]],
    ['three', [800, -800, -800, 800, -800, 800, 800, -800, 0, 0, 0, 0]],
  ])('is a number where scores of %s turn by thousands from corner to corner', (_, scores) => {
    const logits = float32([1, scores.length / 4, 2, 2], scores);
    const { confidence, entropy, probabilities } = readScores(logits, { width: 4, height: 4 }, ALL);
    for (const numbers of [confidence, entropy, probabilities]) {
      expect((numbers as Float32Array).every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  test('is the same beside a class that is nowhere', () => {
    const [few, shape] = [drawn(4, 6, 7, 3), [1, 5, 6, 7]];
    const more = float32(shape, [...few.data, ...new Float32Array(42).fill(-1000)]);
    const [expected, got] = [few, more].map((each) =>
      readScores(each, { width: 60, height: 50 }, { confidence: true }),
    ) as [ReadScores, ReadScores];
    expect(got).toEqual(expected);
  });

  test('is given for lines longer than a call has arguments', () => {
    const columns = 150_000;
    const logits = float32([1, 2, 1, columns], new Float32Array(2 * columns).fill(1));
    expect(readScores(logits, { width: columns, height: 1 }).labels).toHaveLength(columns);
  });

  test('is read in steps where it is much', () => {
    const steps = readScoresInSteps(drawn(20, 5, 5, 1), { width: 1000, height: 1000 });
    let count = 0;
    while (!steps.next().done) count++;
    expect(count).toBe(2);
  });
});

describe('runs of pixels between two numbers', () => {
  test('are cut where they are too long, and go on from there', () => {
    const whole = linearRuns(3, 40);
    const cut = linearRuns(3, 40, 5);
    expect(Math.max(...cut.map(({ start, end }) => end - start))).toBe(5);
    const places = (runs: typeof cut) =>
      runs.flatMap(({ start, end, first, second, share, step }) =>
        Array.from({ length: end - start }, (_, i) =>
          Number((first + (second - first) * (share + i * step)).toFixed(9)),
        ),
      );
    expect(places(cut)).toEqual(places(whole));
  });

  test.each([
    [5, 23],
    [5, 5],
    [7, 3],
    [1, 4],
    [4, 1],
    [105, 4000],
  ])('of %i numbers are all of %i pixels, each at its place', (from, to) => {
    const runs = linearRuns(from, to);
    expect(runs[0]?.start).toBe(0);
    expect(runs.at(-1)?.end).toBe(to);
    expect(runs.slice(1).map(({ start }) => start)).toEqual(runs.slice(0, -1).map(({ end }) => end));
    for (const { start, end, first, second, share, step } of runs) {
      for (let pixel = start; pixel < end; pixel++) {
        const place = Math.min(from - 1, Math.max(0, ((pixel + 0.5) * from) / to - 0.5));
        expect(first + (share + (pixel - start) * step) * (second - first)).toBeCloseTo(place, 9);
        expect(place).toBeGreaterThanOrEqual(first);
        expect(place).toBeLessThanOrEqual(second);
      }
    }
  });
});
