/** Where the native engine could not be installed, its WASM build does everything, and one line says so. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeLabelPng } from '../../src/image/png.ts';
import { drawPhoto, linkedProject, pack, run, SLOW_MS, temporaryFolder } from './packed.ts';

const WARNING =
  'Warning: The native engine, onnxruntime-node, is not installed. This installs it: npm install --ignore-scripts. ' +
  'Its WASM build computes instead: on one core, and there less than half as fast.';

let folder: string;
let withNative: string;
let withoutNative: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  withNative = join(folder, 'with');
  withoutNative = join(folder, 'without');
  const { archive } = await pack(folder);
  await linkedProject(archive, withNative);
  await linkedProject(archive, withoutNative, ['onnxruntime-node']);
  for (const project of [withNative, withoutNative]) {
    await drawPhoto(join(project, 'photo.jpg'));
    await drawPhoto(join(project, 'photo2.jpg'));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const refinenet = (project: string, ...args: string[]) =>
  run(process.execPath, [join('node_modules', 'refinenet', 'bin', 'refinenet.js'), ...args], project);

const mask = async (project: string, name: string) =>
  decodeLabelPng(await readFile(join(project, 'runs', 'predict', `${name}.png`))).data;

const warnings = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('Warning:'));

describe('without the native engine', { timeout: SLOW_MS }, () => {
  test("predict makes the native engine's mask and says in one line what is missing", async () => {
    const native = await refinenet(withNative, 'predict', 'photo.jpg');
    expect(native).toMatchObject({ code: 0, stderr: expect.stringContaining('CPUExecutionProvider') });
    expect(warnings(native.stderr)).toEqual([]);

    const { code, stderr } = await refinenet(withoutNative, 'predict', 'photo.jpg');
    expect(code, stderr).toBe(0);
    expect(warnings(stderr)).toEqual([WARNING]);
    expect(stderr).toContain('WasmExecutionProvider');

    const [expected, got] = await Promise.all([mask(withNative, 'photo'), mask(withoutNative, 'photo')]);
    expect(got.length).toBe(480 * 360);
    expect(got.filter((label, pixel) => label !== expected[pixel]).length).toBeLessThan(got.length / 1000);
  });

  test('predict segments several images with the engine in its own thread, and warns once', async () => {
    const { code, stderr } = await refinenet(withoutNative, 'predict', 'photo.jpg', 'photo2.jpg');
    expect(code, stderr).toBe(0);
    expect(warnings(stderr)).toEqual([WARNING]);
    expect(await mask(withoutNative, 'photo2')).toEqual(await mask(withoutNative, 'photo'));
  });

  test('predict on wasm, which was asked for, warns of nothing', async () => {
    const { code, stderr } = await refinenet(withoutNative, 'predict', 'photo.jpg', '--device', 'wasm');
    expect(code, stderr).toBe(0);
    expect(warnings(stderr)).toEqual([]);
  });

  test('a device that only the native engine has is refused with the command that brings it', async () => {
    const { code, stderr } = await refinenet(withoutNative, 'predict', 'photo.jpg', '--device', 'webgpu');
    expect(code).toBe(1);
    expect(stderr).toContain('Error: The native engine, onnxruntime-node, is not installed. This installs it:');
  });

  test('train makes a model', async () => {
    const shapes = join(withoutNative, 'shapes');
    const draw = `const { writeShapesDataset, folderSink } = await import('refinenet/node');
      await writeShapesDataset(folderSink('shapes'), { seed: 1, counts: { train: 4, val: 2 }, size: 64 });`;
    expect(await run(process.execPath, ['--input-type=module', '-e', draw], withoutNative)).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await refinenet(
      withoutNative,
      'train',
      shapes,
      '--epochs',
      '1',
      '--batch',
      '2',
      '--crop',
      '64',
      '--json',
    );
    expect(code, stderr).toBe(0);
    expect(warnings(stderr)).toContain(WARNING);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'finished', epochs: 1 });
  });
});
