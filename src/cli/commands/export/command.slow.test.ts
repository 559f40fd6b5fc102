/** export in whole numbers: what is calibrated and measured. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportCommands } from '../../../../test/support/export-commands.ts';
import { createPredictor } from '../../../inference/predictor.ts';
import type { Precision } from '../../../inference/precision.ts';
import { nodeBackend } from '../../../platform/node/backend.ts';
import { openImage } from '../../../platform/node/image-source.ts';
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
  test('a folder calibrated for int8 segments in all precisions, nearly alike, also by tiles and scales', async () => {
    const output = inRoot('whole');
    const argv = ['--format', 'huggingface', '--precision', 'int8', '--output', output];
    const result = await report(...argv, '--calibration', inRoot('photos'), '--calibration-images', '2');
    expect(result).toMatchObject({ code: 0, comparedImages: 2 });
    expect((result as { agreement?: number }).agreement).toBeGreaterThan(0.7);
    expect(await readdir(join(output, 'onnx'))).toEqual(['model_quantized.onnx']);
    const ranges = JSON.parse(await readFile(join(output, 'quantization.json'), 'utf8'));
    expect(ranges.calibration).toEqual({ images: 2 });
    const [backend, loaded] = await Promise.all([nodeBackend(), readModelFolder(output)]);
    const image = await openImage(inRoot('photos/2.png'));
    for (const options of [{}, { tile: 64, overlap: 32, flip: true }]) {
      const labels: Partial<Record<Precision, Uint8Array | Uint16Array>> = {};
      for (const precision of ['float32', 'float16', 'int8'] as const) {
        const predictor = await createPredictor(loaded, backend, { ...options, precision });
        labels[precision] = (await predictor.segment(image)).labels.data;
        await predictor.dispose();
      }
      const agreement = (other: Precision): number => {
        const expected = labels.float32 as Uint8Array;
        return expected.filter((label, pixel) => label === labels[other]?.[pixel]).length / expected.length;
      };
      expect(agreement('float16')).toBeGreaterThan(0.98);
      expect(agreement('int8')).toBeGreaterThan(0.7);
      expect(agreement('int8')).toBeLessThan(1);
    }
  });

  test('measures the mIoU before and after, calibrated on the training images', async () => {
    const argv = [
      'export',
      model(),
      '--precision',
      'int8',
      '--dataset',
      inRoot('data'),
      '--output',
      inRoot('measured'),
    ];
    expect(await main(argv), terminal.noted).toBe(0);
    expect(terminal.printed).toMatch(
      /Checked: \d+\.\d % of the pixels of 6 images get the label they get in float32\n/,
    );
    expect(terminal.printed).toMatch(
      /, val, 2 images, in percent:\n +mIoU +pixel accuracy\nfloat32 +[\d.]+ +[\d.]+\nint8 +[\d.]+ +[\d.]+\n$/,
    );
  });
});
