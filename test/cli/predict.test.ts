import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import Npy from 'npyjs';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, waves, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

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

const readNpy = async (path: string) => {
  const bytes = await readFile(path);
  return new Npy().parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
};

describe('predict', () => {
  test('writes a palette PNG of class ids, an overlay, figures, probabilities and logits', async () => {
    const photo = await write('one/photo.png', await wavesPng(131, 97));
    const output = join(folder, 'out one');
    const { code, stdout, stderr } = await runCli([
      'predict',
      photo,
      '--model',
      model,
      '--output',
      output,
      '--probabilities',
      '--logits',
    ]);
    expect(stderr).toContain('11 classes, computing on CPUExecutionProvider');
    expect(stdout).toContain('photo.png: ');
    expect(code).toBe(0);
    expect((await readdir(output)).sort()).toEqual([
      'photo.json',
      'photo.logits.npy',
      'photo.overlay.png',
      'photo.png',
      'photo.probabilities.npy',
    ]);

    const mask = decode(await readFile(join(output, 'photo.png')));
    expect([mask.width, mask.height, mask.channels, mask.palette?.length]).toEqual([131, 97, 1, 11]);
    expect(mask.palette?.[3]).toEqual([128, 64, 128]);

    const probabilities = await readNpy(join(output, 'photo.probabilities.npy'));
    expect([probabilities.dtype, probabilities.shape]).toEqual(['f4', [11, 97, 131]]);
    const logits = await readNpy(join(output, 'photo.logits.npy'));
    expect([logits.dtype, logits.shape]).toEqual(['f4', [1, 11, 25, 33]]);

    const report = JSON.parse(await readFile(join(output, 'photo.json'), 'utf8'));
    const pixels = 131 * 97;
    const counts = new Array(11).fill(0);
    const sums = new Array(11).fill(0);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const id = (mask.data as Uint8Array)[pixel] as number;
      counts[id]++;
      const column = Array.from(
        { length: 11 },
        (_, each) => (probabilities.data as Float32Array)[each * pixels + pixel] as number,
      );
      expect(Math.max(...column)).toBe(column[id]);
      sums[id] += column[id];
    }
    expect(report.classes.map(({ pixels }: { pixels: number }) => pixels)).toEqual(
      counts.filter((count) => count > 0).sort((a, b) => b - a),
    );
    for (const { id, pixels: count, fraction, confidence, label } of report.classes) {
      expect(count).toBe(counts[id]);
      expect(fraction).toBeCloseTo(count / pixels, 12);
      expect(confidence).toBeCloseTo(sums[id] / count, 5);
      expect(typeof label).toBe('string');
    }
  });

  test('goes on after broken images, names each with its reason, and exits with 1', async () => {
    const good = await wavesPng(64, 48);
    const jpeg = await sharp(waves(64, 48), { raw: { width: 64, height: 48, channels: 3 } })
      .jpeg()
      .toBuffer();
    await write('mixed/a good.png', good);
    await write('mixed/truncated.jpg', jpeg.subarray(0, jpeg.length >> 1));
    await write('mixed/text.jpg', 'not an image');
    await write('mixed/empty.png', '');
    await write('mixed/tiny.png', await wavesPng(1, 1));
    await write('mixed/写真 1.png', good);
    await write('mixed/sub/a good.png', good);
    const output = join(folder, 'out mixed');
    const { code, stdout, stderr } = await runCli([
      'predict',
      join(folder, 'mixed'),
      '--model',
      model,
      '--output',
      output,
      '--json',
    ]);
    expect(code).toBe(1);
    const reports = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(reports.map(({ outputs }) => outputs.labels.slice(output.length + 1)).sort()).toEqual([
      'a good.png',
      'sub/a good.png',
      '写真 1.png',
    ]);
    for (const name of ['truncated.jpg', 'text.jpg', 'empty.png', 'tiny.png']) {
      expect(stderr).toMatch(new RegExp(`Failed: .*${name}.*:`));
    }
    expect(stderr).toContain('tiny.png: The image is 1 x 1 pixels; it needs at least 32 x 32. Give a larger image.');
    expect(stderr).toContain('4 of 7 images failed');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('takes key=value arguments as users of yolo type them', async () => {
    const photo = await write('kv/photo.png', await wavesPng(64, 48));
    const output = join(folder, 'out kv');
    const { code } = await runCli([
      'predict',
      `source=${photo}`,
      `model=${model}`,
      `output=${output}`,
      'logits=true',
      'imgsz=64x64',
      'device=cpu',
    ]);
    expect(code).toBe(0);
    expect((await readNpy(join(output, 'photo.logits.npy'))).shape).toEqual([1, 11, 16, 16]);
  });

  test.each([
    [['predict', 'nowhere.jpg'], 2, 'nowhere.jpg'],
    [['predict', 'PHOTO', '--model', 'MODEL', '--device', 'coreml'], 1, 'The device "coreml" is not available'],
    [['--version'], 0, ''],
  ])('%j exits with %i and says why', async (args, expected, message) => {
    const photo = await write('usage/photo.png', await wavesPng(48, 48));
    const real = args.map((argument) => (argument === 'PHOTO' ? photo : argument === 'MODEL' ? model : argument));
    const { code, stderr } = await runCli(real, { cwd: folder });
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
  });
});
