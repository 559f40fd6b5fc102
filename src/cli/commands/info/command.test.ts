import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { temporaryFolder, writeSyntheticModel } from '../../../../test/support/synthetic-model.ts';
import { main } from '../../main.ts';

const terminal = captureOutput();

let root: string;
let model: string;
beforeAll(async () => {
  root = await temporaryFolder();
  model = await writeSyntheticModel(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  [['--classes', '21'], '--classes is for architectures; '],
  [['--cascade', 'single'], '--cascade is for architectures; '],
  [['--classes', '3', '--pooling-blocks', '0'], '--classes, --pooling-blocks are for architectures; '],
])('%j of a model is wrong usage', async (given, message) => {
  expect(await main(['info', model, ...given])).toBe(2);
  expect(terminal.noted).toContain(`${message}${model} is a model with its own.`);
  expect(terminal.printed).toBe('');
});

test('an architecture has 21 classes unless it is said', async () => {
  for (const [given, classes] of [
    [[], 21],
    [['--classes', '3'], 3],
  ] as const) {
    terminal.printed = '';
    expect(await main(['info', 'refinenet-lw-mobilenetv2', '--size', '32x32', ...given])).toBe(0);
    expect(terminal.printed).toContain(`, ${classes} classes\n`);
  }
});
