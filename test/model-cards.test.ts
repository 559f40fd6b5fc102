/** The figures on the cards of the shipped models agree with one another: a column that slipped would be noticed. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const MODELS = fileURLToPath(new URL('../models/', import.meta.url));

const NAMES = readdirSync(MODELS, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

const ROW = /^\| (\d+) \| ([^|]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm;

/** Figures have one decimal: what is computed from them may be off by so much. */
const ROUNDING = 0.16;

test('there are models', () => expect(NAMES).toContain('general'));

describe.each(NAMES)('the card of %s', (name) => {
  const card = readFileSync(`${MODELS}${name}/README.md`, 'utf8');
  const config = JSON.parse(readFileSync(`${MODELS}${name}/config.json`, 'utf8'));
  const rows = [...card.matchAll(ROW)].map(([, id, label, ...figures]) => ({
    id,
    label,
    figures: figures.map(Number),
  }));

  test('has a row for each class, in their order', () => {
    expect(rows.map(({ id, label }) => [id, label])).toEqual(Object.entries(config.id2label));
  });

  test('states the IoU that precision and recall give', () => {
    for (const { label, figures } of rows) {
      const [iou, precision, recall] = figures.map((percent) => percent / 100) as [number, number, number];
      const expected = precision * recall === 0 ? 0 : 1 / (1 / precision + 1 / recall - 1);
      expect(100 * Math.abs(iou - expected), label).toBeLessThan(ROUNDING);
    }
  });

  test('states their mean', () => {
    const mean = rows.reduce((sum, { figures }) => sum + (figures[0] as number), 0) / rows.length;
    const stated = [...card.matchAll(/mean IoU \**([\d.]+) %|\| as shipped \|(?: [\d.]+ \|)*/g)].flatMap(([text]) =>
      [...text.matchAll(/[\d.]+/g)].map(([figure]) => Number(figure)),
    );
    expect(
      stated.some((figure) => Math.abs(figure - mean) < ROUNDING),
      `${mean.toFixed(2)} in ${stated}`,
    ).toBe(true);
  });
});
