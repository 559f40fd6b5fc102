import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { temporaryFolder, wavesPng } from '../../../../test/support/synthetic-model.ts';
import { main } from '../../main.ts';

const terminal = captureOutput();

let folder: string;
let photo: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  photo = join(folder, 'photo.png');
  await writeFile(photo, await wavesPng(48, 48));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  [['predict'], 'missing required argument'],
  [['predict', 'PHOTO', '--model', 'nowhere'], 'There is no model at nowhere (the working folder is '],
  [
    ['predict', 'PHOTO', '--device', 'auto', '--queue', 'redis://127.0.0.1:1'],
    '--device auto is found where images are segmented: refinenet worker --device auto.',
  ],
  [
    ['predict', 'PHOTO', '--device', 'abacus'],
    '--device takes cpu, webgpu, cuda, coreml, dml, wasm, auto; got "abacus".',
  ],
  [
    ['predict', 'PHOTO', '--resize', 'large'],
    '--resize takes none, a number of pixels for the shorter side, longest: and at least 32, or WIDTHxHEIGHT; got "large".',
  ],
  [['predict', 'PHOTO', '--shard', '3/2'], '--shard takes i/n with i from 1 to n'],
  [['predict', 'PHOTO', '--frobnicate'], "unknown option '--frobnicate'"],
  [['frobnicate'], "unknown command 'frobnicate'"],
])('%j is wrong usage', async (args, message) => {
  expect(await main(args.map((argument) => (argument === 'PHOTO' ? photo : argument)))).toBe(2);
  expect(terminal.noted).toContain(message);
});

test('its help goes to standard output', async () => {
  expect(await main(['predict', '--help'])).toBe(0);
  expect(terminal.printed).toContain('Usage: refinenet predict ');
  expect(terminal.noted).toBe('');
});
