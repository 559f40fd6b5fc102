/** The WebGPU provider against the CPU, in software: Debian's chromium brings the driver. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { relativeDifference } from '../../src/inference/check-export.ts';
import { runCli } from '../support/run-cli.ts';
import { missingSoftwareWebgpu, SOFTWARE_WEBGPU } from '../support/software-webgpu.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

/** Bytes before the numbers in an .npy file of version 1: a multiple of 64 whose length its ninth and tenth byte tell. */
const npyNumbers = (bytes: Buffer): Float32Array => {
  const start = 10 + bytes.readUInt16LE(8);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
};

describe.skipIf(missingSoftwareWebgpu)(`the webgpu device${missingSoftwareWebgpu}`, () => {
  let folder: string;
  let model: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    model = await writeSyntheticModel(folder);
    await writeFile(join(folder, 'photo.png'), await wavesPng(65, 47));
  });

  const predict = (device: string, env: NodeJS.ProcessEnv) => {
    const output = join(folder, device);
    const args = [
      'predict',
      join(folder, 'photo.png'),
      '--model',
      model,
      '--device',
      device,
      '--output',
      output,
      '--logits',
    ];
    return runCli(args, { env });
  };

  test('gives the labels and logits of the cpu device, and is reported as what really ran', async () => {
    const cpu = await predict('cpu', {});
    const gpu = await predict('webgpu', SOFTWARE_WEBGPU);
    expect([cpu.code, gpu.code], gpu.stderr).toEqual([0, 0]);
    expect(gpu.stderr).toContain('computing on WebGpuExecutionProvider');
    const [reference, logits] = await Promise.all(
      ['cpu', 'webgpu'].map(async (device) => npyNumbers(await readFile(join(folder, device, 'photo.logits.npy')))),
    );
    expect(reference?.length).toBe(11 * 12 * 17);
    expect(relativeDifference(logits as Float32Array, reference as Float32Array)).toBeLessThan(1e-4);
    const [labels, expected] = await Promise.all(
      ['webgpu', 'cpu'].map((device) => readFile(join(folder, device, 'photo.png'))),
    );
    expect(labels?.equals(expected as Buffer)).toBe(true);
  });

  test('that finds no adapter ends with the reason and what to do, not with another device', async () => {
    const { code, stderr } = await predict('webgpu', { VK_ICD_FILENAMES: '/nowhere.json' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Error: The device "webgpu" does not work on this machine: .*adapter.*Use the device cpu/);
  });
});
