import { describe, expect, test } from 'vitest';
import { lineChart } from './line-chart.ts';
import type { LogRecord } from './log.ts';
import { runPlots } from './plots.ts';

const rates = (rate: number) => ({ encoder: rate / 10, decoder: rate, classifier: rate });
const step = (update: number, loss: number): LogRecord => ({
  type: 'step',
  update,
  epoch: 1,
  seconds: 0,
  loss,
  gradientNorm: 1,
  accuracy: 0.5,
  rates: rates(1e-3 / update),
  imagesPerSecond: 1,
});
const validation = (epoch: number, meanIoU: number): LogRecord => ({
  type: 'validation',
  update: epoch,
  epoch,
  seconds: 0,
  meanIoU,
  pixelAccuracy: 0.8,
  iou: {},
  images: 1,
});
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
const paths = (svg: string) => [...svg.matchAll(/<path d="(M[^"]*)" fill="none"/g)].map((match) => match[1] as string);

describe('plots of a run', () => {
  test('are made of what the log has', () => {
    expect([...runPlots([]).keys()]).toEqual([]);
    expect([...runPlots([step(1, 2), step(2, 1)]).keys()]).toEqual(['loss.svg', 'learning-rate.svg']);
    expect([...runPlots([step(1, 2), step(2, 1), validation(1, 0.5)]).keys()]).toContain('miou.svg');
  });

  test('draw groups with the same rate as one line', () => {
    const svg = runPlots([step(1, 2), step(2, 1)]).get('learning-rate.svg') as string;
    expect(paths(svg)).toHaveLength(2);
    expect(texts(svg)).toEqual(expect.arrayContaining(['encoder', 'decoder, classifier']));
  });

  test('of many updates stay small', () => {
    const steps = Array.from({ length: 50_000 }, (_, index) => step(index + 1, Math.sin(index)));
    expect((runPlots(steps).get('loss.svg') as string).length).toBeLessThan(150_000);
  });

  test('leave out scores that are no numbers', () => {
    const svg = runPlots([validation(1, Number.NaN), validation(2, 0.25)]).get('miou.svg') as string;
    expect(svg).not.toContain('NaN');
  });
});

describe('a line chart', () => {
  const chart = (points: readonly (readonly [number, number])[], fromZero = false) =>
    lineChart({ title: 'A & <b>', x: 'time', y: 'size', fromZero, series: [{ label: 'one', color: '#000', points }] });

  test('puts values on its scales: the lowest tick on the axis, the highest at the top', () => {
    const svg = chart([
      [0, 0],
      [10, 100],
    ]);
    expect(paths(svg)).toEqual(['M76 404L836 64']);
    expect(texts(svg)).toEqual(expect.arrayContaining(['0', '20', '40', '60', '80', '100', 'time', 'size', 'one']));
  });

  test('writes small numbers in powers of ten', () => {
    const svg = chart([
      [0, 0],
      [10, 1e-5],
    ]);
    expect(texts(svg)).toEqual(expect.arrayContaining(['2e−6', '1e−5']));
  });

  test('escapes texts', () => {
    expect(texts(chart([[0, 1]]))[0]).toBe('A &#38; &#60;b&#62;');
  });

  test.each([
    ['nothing', []],
    ['one point', [[3, 3]]],
    [
      'equal values',
      [
        [1, 5],
        [2, 5],
      ],
    ],
    [
      'numbers that are not finite',
      [
        [1, Number.NaN],
        [2, Number.POSITIVE_INFINITY],
      ],
    ],
  ] as [string, [number, number][]][])('of %s has no broken numbers', (_, points) => {
    expect(chart(points)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
