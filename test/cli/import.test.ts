import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { float32, type Tensor } from '../../src/tensor/tensor.ts';
import type { Weights } from '../../src/tensor/weights.ts';
import { writeSafetensors } from '../../src/weights/safetensors.ts';
import { writePublished } from '../support/published-weights.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/synthetic-model.ts';

let folder: string;
let published: Weights;
beforeAll(async () => {
  folder = await temporaryFolder();
  published = await writePublished(folder);
});

const importFile = (file: string, ...options: string[]) =>
  runCli(['import', join(folder, file), '--output', join(folder, `model of ${file}`), ...options]);

describe('import', () => {
  test('recognizes architecture and classes and writes a model folder', async () => {
    const { code, stdout } = await importFile('published.safetensors', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ architecture: 'refinenet-lw-mobilenetv2', fresh: [] });
    expect((await readdir(join(folder, 'model of published.safetensors'))).sort()).toEqual([
      'README.md',
      'config.json',
      'model.safetensors',
      'preprocessor_config.json',
    ]);
  });

  test('replaces a model only with --force, and nothing else even so', async () => {
    const output = join(folder, 'precious');
    const file = join(folder, 'published.safetensors');
    const again = (...force: string[]) => runCli(['import', file, '--output', output, ...force]);
    await mkdir(output);
    await writeFile(join(output, 'thesis.txt'), 'years of work');
    for (const force of [[], ['--force']]) {
      const { code, stderr } = await again(...force);
      expect([code, stderr.trim()]).toEqual([
        2,
        `Error: ${output} exists already and is no folder of a model alone, so it is not replaced: it has thesis.txt. Write to another place, or take these away first.`,
      ]);
    }
    expect(await readdir(output)).toEqual(['thesis.txt']);
    await rm(join(output, 'thesis.txt'));
    expect((await again()).code).toBe(0);
    expect((await again()).stderr).toContain(
      `${output} exists already. Write to another place, or let it be replaced: --force, or { overwrite: true }.`,
    );
    expect((await again('--force')).code).toBe(0);
  });
});

describe('a file that cannot be trusted', () => {
  const fixture = (name: string) => new URL(`../fixtures/pytorch/${name}`, import.meta.url);

  const refuse = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const before = await readdir(folder);
    const { code, stderr } = await importFile(name);
    expect(code, stderr).toBe(1);
    expect(existsSync(join(folder, `model of ${name}`))).toBe(false);
    expect(await readdir(folder)).toEqual(before);
    return stderr;
  };
  test('that calls os.system is refused by the name of what it calls, and nothing is written', async () => {
    const files = (await readdir(fixture('.'))).filter((name) => /system.*\.pth$/.test(name));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(await refuse(`hostile ${file}`, await readFile(fixture(file)))).toMatch(/(posix|os)[ .]system/);
    }
  });

  test('whose tensors have other shapes, or are missing, is refused with all of them at once', async () => {
    const changed = new Map<string, Tensor>(published);
    const [first, second, third] = [...changed.keys()] as [string, string, string];
    changed.delete(first);
    changed.set(second, float32([2, 2], [1, 2, 3, 4]));
    changed.set(third, float32([32], new Float32Array(32).fill(Number.NaN)));
    changed.set('layer9.surprise', float32([1], [1]));
    const message = await refuse('changed.safetensors', Buffer.concat(writeSafetensors(changed)));
    expect(message).toContain('4 tensors do not fit the network.');
    for (const part of ['Missing, 1:', '[2, 2] -> [32]', 'NaN at element 0', 'layer9.surprise']) {
      expect(message).toContain(part);
    }
  });
});
