import { expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { main } from '../../main.ts';

const terminal = captureOutput();

test('images are given to another worker within a day', async () => {
  expect(await main(['worker', 'redis://127.0.0.1:1', '--stalled', '86401'])).toBe(2);
  expect(terminal.noted).toContain('--stalled takes a whole number from 2 to 86400, got "86401".');
});
