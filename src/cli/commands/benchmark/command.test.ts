import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { temporaryFolder, writeSyntheticModel } from '../../../../test/support/synthetic-model.ts';
import { main } from '../../main.ts';

const NETWORK = 'refinenet-lw-mobilenetv2';

let root: string;
let model: string;
const terminal = captureOutput();

beforeAll(async () => {
  root = await temporaryFolder();
  model = await writeSyntheticModel(root);
});

afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  [['nothing'], '"nothing" is neither a model folder nor an architecture.'],
  [[NETWORK, '--size', '20'], '--size takes sides of at least 32 pixels'],
  [[NETWORK, '--repeats', '0'], '--repeats takes a whole number of at least 1, got "0".'],
  [[NETWORK, '--optimize', 'size'], '--optimize takes speed, balanced, memory, none; got "size".'],
  [[NETWORK, '--device', 'wasm', '--profile'], '--profile needs the native engine; wasm keeps no profile.'],
])('%j is wrong usage', async (argv, message) => {
  expect(await main(['benchmark', ...argv])).toBe(2);
  expect(terminal.noted).toContain(message);
  expect(terminal.printed).toBe('');
});

test('classes of a model folder cannot be chosen', async () => {
  expect(await main(['benchmark', model, '--classes', '3'])).toBe(2);
  expect(terminal.noted).toContain('--classes is for architectures');
});
