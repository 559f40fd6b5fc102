/** The device `auto`. Devices are tried by built code. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { nodeBackend } from '../backend.ts';
import { chosen, fastestDevice } from './fastest-device.ts';

const BUILT = new URL('../../../../dist/platform/node/fastest-device/try-device.js', import.meta.url);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refinenet-device-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** With an empty cache, or another test's. */
const cachedIn = (name: string) => vi.stubEnv('XDG_CACHE_HOME', join(folder, name));

/** A process that does with a device's name what a script says. */
async function processThat(name: string, script: string): Promise<URL> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, `const device = process.argv[2];\n${script}\n`);
  return pathToFileURL(path);
}

const answers = (milliseconds: Readonly<Record<string, number>>) =>
  `console.log(JSON.stringify({ milliseconds: ${JSON.stringify(milliseconds)}[device] }));`;

const ENGINE = { name: 'an engine', devices: ['cpu', 'webgpu', 'cuda', 'wasm'] } as const;

describe('the fastest device', () => {
  test('is the one with the shortest time, and how the others compare is said', () => {
    const trials = new Map([
      ['cpu', { milliseconds: 40 }],
      ['cuda', { failure: 'no library libcudart.so.' }],
      ['webgpu', { milliseconds: 10 }],
      ['dml', { milliseconds: 1504 }],
    ] as const);
    expect(chosen(trials)).toEqual({
      device: 'webgpu',
      reason:
        'the CPU takes 4.0 times as long; CUDA does not work here (no library libcudart.so); DirectML takes 150 times as long',
    });
    expect(chosen(new Map([['cpu', { milliseconds: 40 }]]))).toEqual({
      device: 'cpu',
      reason: 'the engine has no other here',
    });
    expect(chosen(new Map([['cpu', { failure: 'no memory' }]])).device).toBe('cpu');
  });

  test('is found once for an engine, and anew for another', async () => {
    cachedIn('once');
    const script = await processThat('times', answers({ cpu: 40, webgpu: 10, cuda: 5 }));
    const found = await fastestDevice(ENGINE, { script });
    expect(found.device).toBe('cuda');
    const other = await processThat('other', answers({ cpu: 1, webgpu: 10, cuda: 5 }));
    expect(await fastestDevice(ENGINE, { script: other })).toEqual(found);
    expect((await fastestDevice({ ...ENGINE, name: 'a later engine' }, { script: other })).device).toBe('cpu');
  });

  test('is none whose driver crashes, hangs or says nonsense', async () => {
    cachedIn('faults');
    const script = await processThat(
      'faults',
      `if (device === 'cuda') process.kill(process.pid, 'SIGSEGV');
       else if (device === 'webgpu') process.exitCode = 3;
       else if (device === 'cpu') console.log('{ "milliseconds": 40 }');`,
    );
    const devices = [...ENGINE.devices, 'dml'] as const;
    expect(await fastestDevice({ name: 'an engine', devices }, { script })).toEqual({
      device: 'cpu',
      reason:
        'CUDA does not work here (its driver ended with SIGSEGV); WebGPU does not work here (its process ended with 3); DirectML does not work here (its process said nothing)',
    });
    cachedIn('hangs');
    const hanging = await processThat('hangs', 'setInterval(() => {}, 1000);');
    expect(await fastestDevice({ name: 'an engine', devices: ['cpu'] }, { script: hanging, seconds: 1 })).toEqual({
      device: 'cpu',
      reason: 'the engine has no other here',
    });
    // A busy machine is asked again.
    const idle = await processThat('idle', answers({ cpu: 40, webgpu: 10 }));
    expect((await fastestDevice({ name: 'an engine', devices: ['cpu'] }, { script: idle })).reason).toBe(
      'the engine has no other here',
    );
    const late = await processThat(
      'late',
      `if (device === 'cpu') ${answers({ cpu: 40 })} else setInterval(() => {}, 1000);`,
    );
    const both = { name: 'an engine', devices: ['cpu', 'webgpu'] } as const;
    expect((await fastestDevice(both, { script: late, seconds: 3 })).reason).toBe(
      'WebGPU does not work here (no result within 3 seconds)',
    );
    expect((await fastestDevice(both, { script: idle })).device).toBe('webgpu');
  });

  test('may be another one to train, found apart', async () => {
    cachedIn('training');
    const script = await processThat(
      'training',
      `if (device === 'cuda' && process.argv[3] === 'training') console.log('{ "failure": "CUDA learns otherwise" }');
       else ${answers({ cpu: 40, webgpu: 10, cuda: 5 })}`,
    );
    expect((await fastestDevice(ENGINE, { script })).device).toBe('cuda');
    expect((await fastestDevice(ENGINE, { script, task: 'training' })).device).toBe('webgpu');
    expect((await fastestDevice(ENGINE, { script })).device).toBe('cuda');
  });

  test('is WASM where the native engine is not', async () => {
    expect(await fastestDevice({ name: 'onnxruntime-web', devices: ['wasm'] })).toEqual({
      device: 'wasm',
      reason: 'the native engine is not installed',
    });
  });

  test('is measured by the engine of this machine, which has a graphics card or says why not', async () => {
    cachedIn('real');
    const { device, reason } = await fastestDevice(await nodeBackend(), { script: BUILT });
    expect(['cpu', 'webgpu', 'cuda', 'coreml', 'dml']).toContain(device);
    expect(reason).toMatch(/times as long|does not work here \(\w/);
    const trainer = await fastestDevice(await nodeBackend(), { script: BUILT, task: 'training' });
    expect(trainer.reason).toMatch(/times as long|does not work here \(\w/);
  });
});
