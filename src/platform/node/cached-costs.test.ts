import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
