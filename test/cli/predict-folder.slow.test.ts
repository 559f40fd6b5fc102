/** predict on many images, and on large ones. */
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const BIN = fileURLToPath(new URL('../../bin/refinenet.js', import.meta.url));

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
});

async function images(name: string, sizes: readonly (readonly [number, number])[]): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [index, [width, height]] of sizes.entries()) {
    await writeFile(join(path, `${String(index).padStart(2, '0')}.png`), await wavesPng(width, height, index));
  }
  return path;
}

const predict = (input: string, output: string, ...options: string[]) =>
  runCli(['predict', input, '--model', model, '--output', output, ...options]);

const classIds = async (path: string) => [...(decode(await readFile(path)).data as Uint8Array)];

describe('predict on a folder', () => {
  test('tells images in their order, whatever their size, and gives each the mask it gets alone', async () => {
    const sizes = [
      [400, 300],
      [40, 40],
      [64, 200],
      [33, 33],
      [300, 400],
      [50, 32],
    ] as const;
    const photos = await images('sizes', sizes);
    const [together, alone] = [join(folder, 'together'), join(folder, 'alone')];
    const { code, stdout, stderr } = await predict(photos, together, '--json');
    expect(code, stderr).toBe(0);
    const reports = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(reports.map(({ width, height }) => [width, height])).toEqual(sizes);
    for (const index of [0, 4]) {
      const name = `0${index}.png`;
      expect((await predict(join(photos, name), alone)).code).toBe(0);
      expect(await classIds(join(together, name))).toEqual(await classIds(join(alone, name)));
    }
  });

  test('ends after Ctrl-C with whole files only, and says how far it came', async () => {
    const count = 60;
    const photos = await images(
      'many',
      Array.from({ length: count }, () => [320, 240] as const),
    );
    const output = join(folder, 'interrupted');
    const args = [BIN, 'predict', photos, '--model', model, '--output', output, '--json'];
    const child = spawn(process.execPath, args, { env: { ...process.env, NO_COLOR: '1' } });
    let [stdout, stderr] = ['', ''];
    child.stderr.on('data', (text) => (stderr += text));
    child.stdout.on('data', (text) => {
      if (stdout === '') child.kill('SIGINT');
      stdout += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, stderr).toBe(1);
    const done = stdout.trim().split('\n').length;
    expect(done).toBeLessThan(count);
    expect(stderr).toContain('Ending; images that are being written are finished. Ctrl-C again ends at once.');
    expect(stderr).toContain(`Interrupted: ${done} of ${count} images are done, in ${output}.`);
    const files = await readdir(output);
    expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(files).toHaveLength(3 * done);
    for (const name of files.filter((each) => each.endsWith('.png'))) decode(await readFile(join(output, name)));
  });

  test('says after a second Ctrl-C nothing more and leaves no half file', async () => {
    const photos = await images(
      'twice',
      Array.from({ length: 40 }, () => [640, 480] as const),
    );
    const output = join(folder, 'twice out');
    const child = spawn(process.execPath, [BIN, 'predict', photos, '--model', model, '--output', output]);
    let isFirst = true;
    child.stdout.on('data', () => {
      if (isFirst) child.kill('SIGINT');
      isFirst = false;
    });
    child.stderr.on('data', (text) => {
      if (String(text).includes('Ctrl-C again')) child.kill('SIGINT');
    });
    const signal = await new Promise((resolve) => child.on('close', (_, name) => resolve(name)));
    expect(signal).toBe('SIGINT');
    expect((await readdir(output)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('predict on a folder ends quietly when nobody reads on', async () => {
  const photos = await images(
    'pipe',
    Array.from({ length: 30 }, () => [320, 240] as const),
  );
  const args = [BIN, 'predict', photos, '--model', model, '--output', join(folder, 'pipe out')];
  const child = spawn(process.execPath, args, { env: { ...process.env, NO_COLOR: '1' } });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await new Promise((resolve) => child.on('close', resolve)), stderr).toBe(0);
  expect(stderr).not.toMatch(/terminate|Error/);
});

describe('predict with further options', () => {
  test('runs by tiles, at several sizes and mirrored, and shows the runs of a single image', async () => {
    const photos = await images('tiles', [[300, 200]]);
    const output = join(folder, 'tiles out');
    const { code, stderr } = await predict(
      photos,
      output,
      '--tile',
      '128',
      '--overlap',
      '32',
      '--scales',
      '0.5,1',
      '--flip',
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/(\d+)\/\1 runs \(00\.png\)/);
    expect(new Set(await classIds(join(output, '00.png'))).size).toBeGreaterThan(0);
  });
});
