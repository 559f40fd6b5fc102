import { afterEach, expect, test, vi } from 'vitest';
import { FakeFolder } from '../../../../test/support/fakes/opfs.ts';
import { opfsStorage } from './opfs-storage.ts';
import { removeUnbegun } from './unbegun-runs.ts';

afterEach(() => vi.unstubAllGlobals());

/** Locks of which another tab holds one. */
const locksBut = (held: string) => ({
  request: (name: string, _: object, work: (lock: object | null) => unknown) =>
    Promise.resolve(work(name === held ? null : {})),
});

test('of runs that never began nothing is left, unless a tab works on one', async () => {
  vi.stubGlobal('navigator', { locks: locksBut('refinenet run at work') });
  const runs = new FakeFolder('refinenet-runs');
  const keep = async (run: string, path: string, text: string): Promise<void> =>
    opfsStorage((await runs.getDirectoryHandle(run, { create: true })) as never).write(
      path,
      new TextEncoder().encode(text),
    );
  for (const run of ['left', 'at work', 'begun', 'damaged']) await keep(run, 'images/a.png', 'pixels');
  await keep('begun', 'config.json', JSON.stringify({ version: 1, configuration: { network: {} }, origin: {} }));
  await keep('damaged', 'config.json', '{');
  await runs.getDirectoryHandle('empty', { create: true });
  await runs.getFileHandle('a file', { create: true });

  await removeUnbegun(runs as never);
  expect([...runs.entries.keys()]).toEqual(['at work', 'begun', 'damaged', 'a file']);
});
