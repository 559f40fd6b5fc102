import { expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { main } from '../../main.ts';

const terminal = captureOutput();

test.each(['70000', '', 'http'])('a port of %j is wrong usage', async (port) => {
  expect(await main(['app', '--no-open', '--port', port])).toBe(2);
  expect(terminal.noted).toContain(`--port takes a whole number from 0 to 65535, got "${port}".`);
});
