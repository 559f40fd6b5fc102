import { afterEach, describe, expect, test, vi } from 'vitest';
import { closed, type FakeFile, FakeFolder, full } from '../../../../test/support/fakes/opfs.ts';
import type { RunStorage } from '../../../training/run/storage.ts';
import { opfsStorage } from './opfs-storage.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (of: Uint8Array | undefined): string | undefined => of && new TextDecoder().decode(of);

const storageIn = (folder: FakeFolder): RunStorage => opfsStorage(folder as never);

const OLD = new Map([
  ['model', [bytes('old '), bytes('model')]],
  ['state', [bytes('old state')]],
]);
const NEW = new Map([
  ['model', [bytes('new '), bytes('model')]],
  ['other', [bytes('new other')]],
]);

/** What a reader finds in `last`. */
async function found(folder: FakeFolder): Promise<string> {
  const storage = storageIn(folder);
  const names = ['model', 'state', 'other'];
  return (await Promise.all(names.map(async (name) => text(await storage.read(`last/${name}`)) ?? '-'))).join(', ');
}

const IS_OLD = 'old model, old state, -';
const IS_NEW = 'new model, -, new other';

/** Does something to a folder that was prepared, with each of its changes in turn as the one that fails, and last without a fault. */
async function atEveryChange(
  prepare: (storage: RunStorage) => Promise<void>,
  work: (storage: RunStorage) => Promise<void>,
  check: (folder: FakeFolder, error: Error | undefined) => Promise<void>,
  { error, isLast }: { readonly error: Error; readonly isLast: boolean },
): Promise<number> {
  for (let at = 1; ; at++) {
    const folder = new FakeFolder('run');
    await prepare(storageIn(folder));
    Object.assign(folder.faults, { changes: 0, at, error, isLast });
    const failed = await work(storageIn(folder)).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    const wasReached = folder.faults.changes >= at;
    folder.faults.at = undefined;
    await check(folder, failed);
    if (!wasReached) return at - 1;
  }
}

describe('a run in the private file system', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('has of a folder that is replaced all old files or all new ones, wherever the tab is closed', async () => {
    const seen = new Set<string>();
    const changes = await atEveryChange(
      (storage) => storage.replaceFolder('last', OLD),
      (storage) => storage.replaceFolder('last', NEW),
      async (folder) => {
        const files = await found(folder);
        seen.add(files);
        expect([IS_OLD, IS_NEW]).toContain(files);
        await storageIn(folder).replaceFolder('last', NEW);
        expect(await found(folder)).toBe(IS_NEW);
        // Nothing is left beside the version that counts.
        expect((await folder.getDirectoryHandle('last')).entries.size).toBe(2);
      },
      { error: closed(), isLast: true },
    );
    expect(changes).toBeGreaterThan(10);
    expect([...seen].sort()).toEqual([IS_NEW, IS_OLD].sort());
  });

  test('has all old files if a new one cannot be written, and says so', async () => {
    vi.stubGlobal('navigator', { storage: { estimate: async () => ({ usage: 99e6, quota: 100e6 }) } });
    await atEveryChange(
      (storage) => storage.replaceFolder('last', OLD),
      (storage) => storage.replaceFolder('last', NEW),
      async (folder, error) => {
        expect(await found(folder)).toBe(error ? IS_OLD : IS_NEW);
        if (!error) return;
        expect(error.message).toBe(
          'run/last cannot be written (there is no room). This site has used 99 MB of the 100 MB that the browser gives it. Delete runs that are no longer needed (deleteRun).',
        );
      },
      { error: full(), isLast: false },
    );
  });

  test('has the first files of a folder all or not at all', async () => {
    await atEveryChange(
      async () => {},
      (storage) => storage.replaceFolder('last', NEW),
      async (folder) => expect(['-, -, -', IS_NEW]).toContain(await found(folder)),
      { error: closed(), isLast: true },
    );
  });

  test('has of a file that is written the old content or the new one', async () => {
    const seen = new Set<string | undefined>();
    await atEveryChange(
      (storage) => storage.write('plots/loss.svg', bytes('the old one')),
      (storage) => storage.write('plots/loss.svg', bytes('new')),
      async (folder) => {
        seen.add(text(await storageIn(folder).read('plots/loss.svg')));
      },
      { error: closed(), isLast: true },
    );
    expect([...seen].sort()).toEqual(['new', 'the old one']);
  });

  test('adds lines, and none by half where there is no room', async () => {
    await atEveryChange(
      (storage) => storage.append('log.jsonl', bytes('one\n')),
      (storage) => storage.append('log.jsonl', bytes('two\n')),
      async (folder, error) => {
        const storage = storageIn(folder);
        await storage.append('log.jsonl', bytes('three\n'));
        expect(text(await storage.read('log.jsonl'))).toBe(error ? 'one\nthree\n' : 'one\ntwo\nthree\n');
      },
      { error: full(), isLast: false },
    );
  });

  test('is read by another tab while the browser takes its time to move what counts', async () => {
    const folder = new FakeFolder('run');
    const storage = storageIn(folder);
    await storage.replaceFolder('last', OLD);
    const last = folder.entries.get('last') as FakeFolder;
    const current = last.entries.get('current') as FakeFile;
    last.entries.delete('current');
    setTimeout(() => last.entries.set('current', current), 50);
    expect(await found(folder)).toBe(IS_OLD);
  });

  test('has no file that was not written', async () => {
    const storage = storageIn(new FakeFolder('run'));
    expect(await storage.read('config.json')).toBeUndefined();
    expect(await storage.read('last/state.json')).toBeUndefined();
  });
});
