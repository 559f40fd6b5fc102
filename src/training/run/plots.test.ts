import { describe, expect, test } from 'vitest';
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
