/** Whole trainings that are killed, or run out of room. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  bigFakeModel,
  fakeConfiguration,
  fakeOptions,
  logWithoutTimes,
  MemoryStorage,
} from '../../../test/support/fakes/training.ts';
import { randomStream } from '../../tensor/random.ts';
import { train } from '../../training/run/trainer.ts';
import { readSafetensors } from '../../weights/safetensors.ts';
import { folderStorage } from './run-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refinenet runs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (root: string, path: string) => {
  const found = await folderStorage(root).read(path);
  return found && new TextDecoder().decode(found);
};

const SCRIPT = fileURLToPath(new URL('../../../test/support/fakes/run.ts', import.meta.url));

/** Runs the script until it ends, or kills it so many milliseconds after it is ready. True if it ended by itself. */
function runUntil(root: string, milliseconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), milliseconds));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0 || signal === 'SIGKILL' ? resolve(code === 0) : reject(new Error(`exit ${code}`)),
    );
  });
}

const digest = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Digests of both checkpoints' files and the log without times. */
async function outcome(readFileOf: (path: string) => Promise<Uint8Array | undefined>) {
  const names = [
    'README.md',
    'config.json',
    'model.safetensors',
    'preprocessor_config.json',
    'state.json',
    'training-state.safetensors',
  ];
  const paths = ['last', 'best'].flatMap((each) => names.map((name) => `${each}/${name}`));
  const digests: string[] = [];
  for (const path of paths) digests.push(`${path} ${digest((await readFileOf(path)) as Uint8Array)}`);
  return { digests, log: logWithoutTimes(await readFileOf('log.jsonl')) };
}

async function expected() {
  const storage = new MemoryStorage();
  await train(fakeOptions(storage, { model: bigFakeModel, configuration: { ...fakeConfiguration, saveEvery: 1 } }));
  return outcome((path) => storage.read(path));
}

describe('a run in a folder', () => {
  test('killed at any moments has a sound model in last, and resumed the same bytes as a run that was not', async () => {
    const root = join(folder, 'kill');
    await mkdir(root);
    const random = randomStream(Date.now() % 1_000_000);
    let kills = 0;
    for (let attempt = 0; attempt < 60; attempt++) {
      if (await runUntil(root, kills < 6 ? random.integer(250) : 60_000)) break;
      kills++;
      // As `predict` would find it, without anything being restored first.
      if (existsSync(join(root, 'last'))) {
        const { weights } = readSafetensors(await readFile(join(root, 'last', 'model.safetensors')));
        expect([...weights.keys()]).toEqual(['encoder.a', 'decoder.b', 'decoder.big']);
      }
    }
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(await outcome((path) => folderStorage(root).read(path))).toEqual(await expected());
  });

  test('on a full disk ends with its checkpoint untouched, and goes on when there is room', async (context) => {
    const root = join(folder, 'full');
    await mkdir(root);
    // Room for the first checkpoints and a part of the next.
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', root]).status === 0;
    context.skip(!mounted, 'a small file system cannot be mounted here');
    try {
      const warnings: string[] = [];
      const options = { model: bigFakeModel, configuration: { ...fakeConfiguration, saveEvery: 1 } };
      const callbacks = { onWarning: (message: string) => warnings.push(message) };
      const run = train(fakeOptions(folderStorage(root), { ...options, callbacks }));
      await expect(run).rejects.toThrow(/(best|last): cannot be written \(ENOSPC: no space left on device/);
      const state = JSON.parse((await read(root, 'last/state.json')) as string) as { updates: number };
      expect(state.updates).toBe(4);
      readSafetensors(await readFile(join(root, 'last', 'model.safetensors')));
      spawnSync('mount', ['-o', 'remount,size=64m', root]);
      await train(fakeOptions(folderStorage(root), { ...options, resume: true }));
      expect(await outcome((path) => folderStorage(root).read(path))).toEqual(await expected());
    } finally {
      spawnSync('umount', [root]);
    }
  });
});
