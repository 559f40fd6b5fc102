import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

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

describe('predict with further options', () => {
  test('writes further formats and lists them in the report', async () => {
    const photos = await images('formats', [[64, 48]]);
    const output = join(folder, 'formats out');
    const { code, stdout, stderr } = await predict(photos, output, '--format', 'rle,entropy,masks', '--json');
    expect(code, stderr).toBe(0);
    const { outputs } = JSON.parse(stdout);
    expect(outputs.rle).toBe(join(output, '00.rle.json'));
    const written = [
      outputs.rle,
      outputs.entropy,
      outputs.masks,
      outputs.labels,
      outputs.overlay,
      outputs.report,
    ].flat();
    expect((await readdir(output)).map((name) => join(output, name)).sort()).toEqual(written.sort());
  });

  test.each([
    [['--format', 'tiff,rle'], '--format takes rle, '],
    [['--scales', '1,,2'], '--scales takes numbers above 0, separated by commas, such as 0.75,1,1.25; got "1,,2".'],
    [['--overlap', '8'], 'An overlap of 8 was given, but no tile.'],
    [['--optimize', 'fast'], '--optimize takes speed, balanced, memory, none; got "fast".'],
  ])('refuses %j', async (options, message) => {
    const photos = join(folder, 'formats');
    const { code, stderr } = await predict(photos, join(folder, 'refused'), ...options);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
