/** What the app loads, and that its document says as much. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../support/app.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ASSETS = join(ROOT, 'dist/app/assets');

/** Bytes. Raise them only for what is worth the wait, and tell docs/app.md. */
const CEILINGS = { page: 221_000, later: 430_000, worker: 320_000, 'training worker': 788_000 };

let sizes: Record<keyof typeof CEILINGS, number>;

describe('the bytes of the app', () => {
  beforeAll(() => {
    buildApp();
    const begin = readFileSync(join(ROOT, 'dist/app/index.html'), 'utf8');
    const files = readdirSync(ASSETS).map((name) => ({ name, bytes: statSync(join(ASSETS, name)).size }));
    const sum = (isCounted: (name: string) => boolean): number =>
      files.filter(({ name }) => isCounted(name)).reduce((all, { bytes }) => all + bytes, 0);
    const browser = (name: string): number => statSync(join(ROOT, `dist/browser/${name}.js`)).size;
    sizes = {
      page: sum((name) => begin.includes(name)),
      later: sum((name) => !begin.includes(name)),
      worker: Math.max(...['wasm-worker', 'webgpu-worker', 'jspi-worker'].map(browser)),
      'training worker': browser('training-worker'),
    };
  });

  test.each(Object.entries(CEILINGS))('are few enough: %s below %i', (part, ceiling) => {
    expect(sizes[part as keyof typeof CEILINGS]).toBeLessThan(ceiling);
  });

  test('are in the document, to a twentieth', () => {
    const text = readFileSync(join(ROOT, 'docs/app.md'), 'utf8');
    const said = /page itself is (\d+) kB.*?views (\d+).*?worker's script\sis (\d+).*?trains (\d+)/s.exec(text);
    const figures = said?.slice(1).map((kilobytes) => 1000 * Number(kilobytes)) ?? [];
    const measured = Object.values(sizes);
    expect(figures).toHaveLength(measured.length);
    for (const [index, figure] of figures.entries())
      expect(Math.abs(figure / (measured[index] as number) - 1), `${figure}: ${measured[index]}`).toBeLessThan(0.05);
  });
});
