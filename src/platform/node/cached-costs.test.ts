import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WASM, WIDE_VECTORS } from '../../graph/rewrite/known-costs.ts';
import { readDeviceCosts, readMachineCosts, writeMachineCosts } from './cached-costs.ts';

const { XDG_CACHE_HOME } = process.env;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refinenet-costs-'));
  process.env.XDG_CACHE_HOME = folder;
});

afterAll(async () => {
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  await rm(folder, { recursive: true });
});

test('costs of a processor and of a graphics card lie beside each other, by the engine that they were measured with', async () => {
  expect([readMachineCosts('an engine'), readDeviceCosts('an engine')]).toEqual([undefined, {}]);
  await writeMachineCosts('an engine', 'cpu', WIDE_VECTORS);
  await writeMachineCosts('an engine', 'webgpu', WASM);
  expect(readMachineCosts('an engine')).toEqual(WIDE_VECTORS);
  expect(readDeviceCosts('an engine')).toEqual({ webgpu: WASM });
  expect([readMachineCosts('another'), readDeviceCosts('another')]).toEqual([undefined, {}]);
});

test('a file of costs that is damaged is an empty one, and is written anew', async () => {
  const path = await writeMachineCosts('an engine', 'cpu', WIDE_VECTORS);
  for (const damaged of ['', '{', 'null', '[1]', '{"__proto__":1}']) {
    await writeFile(path, damaged);
    expect([readMachineCosts('an engine'), readDeviceCosts('an engine')]).toEqual([undefined, {}]);
    await writeMachineCosts('an engine', 'cpu', WIDE_VECTORS);
    expect(readMachineCosts('an engine')).toEqual(WIDE_VECTORS);
  }
});

test('two that write costs at once leave one of both, whole', async () => {
  const path = await writeMachineCosts('an engine', 'cpu', WIDE_VECTORS);
  await Promise.all(Array.from({ length: 8 }, () => writeMachineCosts('an engine', 'cpu', WASM)));
  expect(readMachineCosts('an engine')).toEqual(WASM);
  expect(await readdir(dirname(path))).toEqual([basename(path)]);
});
