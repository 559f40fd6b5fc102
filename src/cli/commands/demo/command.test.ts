import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { temporaryFolder } from '../../../../test/support/synthetic-model.ts';
import { openFile, openerOf } from '../../open.ts';
import type { DemoReport } from './run.ts';
import { main } from '../../main.ts';

let root: string;
const terminal = captureOutput();

beforeEach(async () => {
  root = await temporaryFolder();
});

const inRoot = (...parts: string[]): string => join(root, ...parts);

describe('demo --skip-training', () => {
  test('with --json prints the same as one object, and nothing else', async () => {
    const folder = inRoot('with json');
    expect(await main(['demo', '--skip-training', '--seed=5', '--json', `output=${folder}`])).toBe(0);
    const report = JSON.parse(terminal.printed) as DemoReport;
    expect(Object.keys(report)).toEqual(['folder', 'seed', 'interrupted', 'street', 'training']);
    expect(report).toMatchObject({ folder, seed: 5, interrupted: false, training: null });
    const { street } = report;
    const saved = JSON.parse(await readFile(inRoot('with json/predict/street.json'), 'utf8')) as object;
    expect(street).toMatchObject(saved);
    expect(street.agreement).toBeGreaterThan(0.8);
    const drawn = street.comparison.filter((each) => each.drawn > 0);
    expect(drawn.map(({ label }) => label).sort()).toEqual(
      ['building', 'car', 'pavement', 'pedestrian', 'pole', 'road', 'sign symbol', 'sky', 'tree'].sort(),
    );
    for (const part of ['drawn', 'found'] as const) {
      expect(street.comparison.reduce((sum, each) => sum + each[part], 0)).toBeCloseTo(1, 10);
    }
    const found = street.comparison.filter((each) => each.found > 0);
    expect(found.map(({ label }) => label).sort()).toEqual(street.classes.map(({ label }) => label).sort());
    for (const { iou } of street.comparison) expect(iou >= 0 && iou <= 1).toBe(true);
  });
});

describe('demo refuses', () => {
  test.each([
    [['--seed', 'x'], '--seed takes a whole number of at least 0, got "x".'],
    [['--seed', '-1'], '--seed takes a whole number of at least 0, got "-1".'],
    [['--fast'], "unknown option '--fast'"],
    [['photo.jpg'], "too many arguments for 'demo'"],
  ])('%j with exit code 2', async (argv, message) => {
    expect(await main(['demo', ...argv])).toBe(2);
    expect(terminal.noted).toContain(message);
    expect(terminal.printed).toBe('');
  });
});

describe('--open', () => {
  test.each([
    ['darwin', 'open'],
    ['win32', 'explorer.exe'],
    ['linux', 'xdg-open'],
    ['freebsd', 'xdg-open'],
  ] as const)('asks on %s %s', (platform, opener) => {
    expect(openerOf(platform)).toBe(opener);
  });

  test('says whether the opener could be started', async () => {
    expect(await openFile('image.png', process.execPath)).toBe(true);
    expect(await openFile('image.png', inRoot('no such program'))).toBe(false);
  });
});
