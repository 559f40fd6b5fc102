import { expect, test } from 'vitest';
import { labelMap } from '../image/label-map.ts';
import { randomStream } from '../tensor/random.ts';
import { tensor } from '../tensor/tensor.ts';
import { probeScores } from './linear-probe.ts';

/** Features of which the first tells the left from the right half, among others that tell nothing. */
function halves(channels: number, height: number, width: number) {
  const random = randomStream(1, 'probe');
  const data = Float32Array.from({ length: channels * height * width }, (_, at) => {
    const noise = 2 * random.uniform() - 1;
    return at < height * width ? 100 + 3 * Number(at % width >= width / 2) + 0.1 * noise : noise;
  });
  return tensor('float32', [1, channels, height, width], data);
}

const mask = labelMap(
  32,
  24,
  Uint8Array.from({ length: 32 * 24 }, (_, at) => (at < 64 ? 255 : Number(at % 32 >= 16) + 1)),
);

test.each([
  ['fewer channels than cells', 3],
  ['more channels than cells', 200],
])('finds the mask in features that tell it, with %s', (_, channels) => {
  const scores = probeScores(halves(channels, 12, 16), mask, 3);
  expect(scores.shape).toEqual([1, 3, 12, 16]);
  const best = Array.from({ length: 192 }, (_, cell) =>
    [0, 1, 2].reduce((found, id) =>
      (scores.data[id * 192 + cell] as number) > (scores.data[found * 192 + cell] as number) ? id : found,
    ),
  );
  // Of the first row the mask says nothing.
  const [labeled, truth] = [best, Array.from({ length: 192 }, (_, cell) => Number(cell % 16 >= 8) + 1)].map((each) =>
    each.slice(16),
  );
  expect(labeled).toEqual(truth);
});

test('gives the share of each class where features tell nothing', () => {
  const flat = tensor('float32', [1, 2, 6, 8], new Float32Array(96).fill(5));
  const { data } = probeScores(
    flat,
    labelMap(
      8,
      6,
      Uint8Array.from({ length: 48 }, (_, at) => Number(at < 12)),
    ),
    2,
  );
  for (let cell = 0; cell < 48; cell++) {
    expect(data[cell]).toBeCloseTo(0.75, 6);
    expect(data[48 + cell]).toBeCloseTo(0.25, 6);
  }
});
