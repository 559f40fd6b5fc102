import { describe, expect, test } from 'vitest';
import { RuntimeError, UsageError } from '../../../errors.ts';
import { architecture } from '../../../models/architectures.ts';
import { PRESETS } from '../../../training/presets.ts';
import { memoryWarning, withMemoryAdvice } from './memory.ts';

describe('a page that trains', () => {
  const { step } = PRESETS.default;
  const network = architecture('refinenet-lw-resnet18', 4);

  test('is warned of batches that WASM has no room for, and of no others', () => {
    expect(memoryWarning({ network, step, batch: 2, crop: 224 })).toEqual([]);
    expect(memoryWarning({ network, step, batch: 32, crop: 640 })).toEqual([
      expect.stringMatching(
        /^Batches of 32 at 640x640 take about \d\d+\.\d GB, and WASM has at most 4\.3 GB\. Lower the crop, or the batch \(with accumulate if it should count as a larger one\)\.$/,
      ),
    ]);
  });

  test('is told what helps where the memory was too small', () => {
    const error = new RuntimeError('The model failed on wasm with pixels [8,3,64,64]: std::bad_alloc');
    expect((withMemoryAdvice(error) as Error).message).toBe(
      'The model failed on wasm with pixels [8,3,64,64]: std::bad_alloc WASM has at most 4.3 GB, WebGPU what the card has. Lower the crop, or the batch (with accumulate if it should count as a larger one).',
    );
    const others = [new RuntimeError('the loss ran away.'), new UsageError('out of memory'), 5];
    expect(others.map(withMemoryAdvice)).toEqual(others);
  });
});
