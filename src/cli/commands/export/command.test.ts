import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportCommands } from '../../../../test/support/export-commands.ts';
import { createPredictor } from '../../../inference/predictor.ts';
import type { Precision } from '../../../inference/precision.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import { readModelFolder } from '../../../platform/node/model-folder.ts';
import { main } from '../../main.ts';

const { inRoot, report, model, terminal } = exportCommands();

describe('export in a lower precision', () => {
  test.each<[Precision, string, number]>([
    ['float32', 'model.onnx', 1],
    ['float16', 'model_fp16.onnx', 0.52],
    ['int8', 'model_quantized.onnx', 0.31],
  ])('%s is written as %s, %d of the weights in size', async (precision, name, share) => {
    const more = precision === 'int8' ? ['--calibration', inRoot('photos')] : [];
    const output = inRoot(`onnx ${precision}`);
    const result = await report('--precision', precision, '--output', output, ...more);
    expect(result).toMatchObject({ code: 0, precision, path: join(output, name) });
    const [{ size }, weights] = await Promise.all([stat(join(output, name)), stat(join(model(), 'model.safetensors'))]);
    expect(size / weights.size).toBeLessThan(share * 1.02);
    expect(size).toBe((result as { bytes?: number }).bytes);
  });
  test('writes safetensors in float16, which are read again', async () => {
    const output = inRoot('half');
    const argv = ['--format', 'safetensors', '--precision', 'float16', '--output', join(output, 'model.safetensors')];
    expect(await report(...argv)).toMatchObject({ code: 0 });
    for (const file of ['config.json', 'preprocessor_config.json']) {
      await writeFile(join(output, file), await readFile(join(model(), file)));
    }
    const { weights } = await readModelFolder(output);
    expect([...weights.values()].every(({ dtype }) => dtype === 'float32')).toBe(true);
  });

  test.each<[string, string[], string]>([
    [
      'int8 without images',
      ['--precision', 'int8'],
      'int8 needs images like those to be segmented, to find the range of each activation. Give a folder of about 30 with --calibration FOLDER, or a data set.',
    ],
    [
      'int8 as safetensors',
      ['--precision', 'int8', '--format', 'safetensors', '--calibration', 'photos'],
      'int8 is written as onnx, folder or huggingface; safetensors holds float32 or float16.',
    ],
    [
      'another size for weights alone',
      ['--format', 'safetensors', '--resize', '432'],
      'safetensors holds weights alone, and no --resize. A folder has both: --format folder.',
    ],
    [
      'images that a folder in float16 has no use for',
      ['--format', 'folder', '--precision', 'float16', '--calibration', 'photos'],
      'As folder, float16 is how weights are stored; --dataset measures it.',
    ],
    ['a data set in float32', ['--dataset', 'data'], 'To measure a model: refinenet val MODEL DATASET.'],
    ['a precision there is not', ['--precision', 'int4'], '--precision takes float32, float16, int8; got "int4".'],
    [
      'a split there is not',
      ['--precision', 'int8', '--dataset', 'data', '--split', 'test'],
      'there is no split "test"',
    ],
  ])('refuses %s', async (_, argv, message) => {
    const words = argv.map((word) => (['photos', 'data'].includes(word) ? inRoot(word) : word));
    expect(await main(['export', model(), '--output', inRoot('refused'), ...words])).toBe(2);
    expect(terminal.noted).toContain(message);
  });
});

test('int8 of a model that was not calibrated says how to calibrate it', async () => {
  const options = { precision: 'int8' } as const;
  await expect(createPredictor(await readModelFolder(model()), await nodeBackend(), options)).rejects.toThrow(
    'The model was not calibrated for int8, so the ranges of its activations are not known. Calibrate it on some of your images: ' +
      'refinenet export MODEL --format folder --precision int8 --calibration FOLDER --output DIR, and give DIR as the model.',
  );
});
