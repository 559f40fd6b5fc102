import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { captureOutput } from '../../../../test/support/captured-output.ts';
import { main } from '../../main.ts';

const terminal = captureOutput();

describe('serve', () => {
  test.each([
    [['--port', '70000'], '--port takes a whole number from 0 to 65535, got "70000".'],
    [['--port', 'http'], '--port takes a whole number from 0 to 65535, got "http".'],
    [['--port', ''], '--port takes a whole number from 0 to 65535, got "".'],
    // Timers of more than 2 ** 31 milliseconds end at once.
    [['--timeout', '9999999'], '--timeout takes a whole number from 1 to 86400, got "9999999".'],
    [['--upload-timeout', '86401'], '--upload-timeout takes a whole number from 1 to 86400, got "86401".'],
    [['--drain', '9999999'], '--drain takes a whole number from 1 to 86400, got "9999999".'],
    [['--engines', '0'], '--engines takes a whole number of at least 1, got "0".'],
    [['--api-key', 'nowhere/key'], '--api-key takes a file with a key; nowhere/key cannot be read'],
    [['a b=nuclei'], 'Models: "a b" is no name for a model'],
    [['--frobnicate'], "unknown option '--frobnicate'"],
  ])('%j is wrong usage', async (args, message) => {
    expect(await main(['serve', ...args])).toBe(2);
    expect(terminal.noted).toContain(message);
  });
});

test('no other command loads what only a server needs', async () => {
  const script = `
    const { createRequire } = await import('node:module');
    const { main } = await import(${JSON.stringify(new URL('../../../../dist/cli/main.js', import.meta.url).href)});
    for (const args of [['--help'], ['predict', '--help'], [process.argv[1], '--help']]) await main(args);
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.error(['fastify', 'pino', 'prom-client'].filter((name) => loaded.some((path) => path.includes('/node_modules/' + name + '/'))).join());`;
  const load = async (...args: readonly string[]) =>
    (await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script, ...args])).stderr.trim();
  expect(await load('serve')).toBe('');
});
