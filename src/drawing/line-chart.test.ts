import { describe, expect, test } from 'vitest';
import { lineChart } from './line-chart.ts';

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
const paths = (svg: string) => [...svg.matchAll(/<path d="(M[^"]*)" fill="none"/g)].map((match) => match[1] as string);

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
