/** predict several times over, and with the shipped model. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LABEL_SETS } from '../../src/labels/sets/label-sets.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
});

const write = async (name: string, bytes: Uint8Array | string): Promise<string> => {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, bytes);
  return path;
};

describe('predict', () => {
  test('gives the same mask on the WASM build of the engine', async () => {
    const photo = await write('wasm/photo.png', await wavesPng(64, 48));
    const masks = [];
    for (const device of ['cpu', 'wasm']) {
      const output = join(folder, `out ${device}`);
      const { code, stderr } = await runCli([
        'predict',
        photo,
        '--model',
        model,
        '--output',
        output,
        '--device',
        device,
      ]);
      expect(code, stderr).toBe(0);
      masks.push(await readFile(join(output, 'photo.png')));
    }
    expect(masks[0]?.equals(masks[1] as Buffer)).toBe(true);
  });

  test('finds the fastest device once, and says which it is and why', async () => {
    const photo = await write('auto/photo.png', await wavesPng(64, 48));
    const cached = { env: { XDG_CACHE_HOME: join(folder, 'cache') } };
    const args = ['predict', photo, '--model', model, '--output', join(folder, 'out auto'), '--device', 'auto'];
    const [first, second] = [await runCli(args, cached), await runCli(args, cached)];
    expect([first.code, second.code], first.stderr).toEqual([0, 0]);
    const why = /^Computing on (?:cpu|webgpu|cuda|coreml|dml): \S.*\.$/m;
    expect(first.stderr).toMatch(/^Trying cpu, once for this machine\.$/m);
    expect(second.stderr).not.toContain('Trying');
    expect(second.stderr.match(why)?.[0]).toBe(first.stderr.match(why)?.[0]);
    expect(first.stderr).toMatch(why);
  });

  test('splits the images into shards that together are all of them, once', async () => {
    for (const index of [0, 1, 2, 3, 4]) await write(`shards/${index}.png`, await wavesPng(48, 48, index));
    const seen: string[] = [];
    for (const shard of ['1/2', '2/2']) {
      const { stdout } = await runCli([
        'predict',
        join(folder, 'shards', '*.png'),
        '--model',
        model,
        '--output',
        join(folder, 'out shards'),
        '--shard',
        shard,
        '--json',
      ]);
      seen.push(
        ...stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).image.slice(-5)),
      );
    }
    expect(seen.sort()).toEqual(['0.png', '1.png', '2.png', '3.png', '4.png']);
  });

  test('takes the shipped model of photographs when none is named', async () => {
    const photo = await write('default/photo.png', await wavesPng(64, 48));
    const { code, stdout } = await runCli(['predict', photo, '--json', '--output', join(folder, 'default/out')]);
    expect(code).toBe(0);
    const { model, classes } = JSON.parse(stdout) as { model: string; classes: { label: string }[] };
    expect(model).toMatch(/models.general$/);
    for (const { label } of classes) expect(LABEL_SETS.voc.classes.map(({ name }) => name)).toContain(label);
  });
});
