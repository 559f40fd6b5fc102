import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, writeSyntheticModel } from '../../../test/support/synthetic-model.ts';
import { WeightsError } from '../../errors.ts';
import { readModelFolder } from './model-folder.ts';

/** A model whose last number is another. */
async function changedModel(value: number): Promise<string> {
  const folder = await writeSyntheticModel(await temporaryFolder());
  const path = join(folder, 'model.safetensors');
  const file = await open(path, 'r+');
  await file.write(Float32Array.of(value), 0, 4, (await stat(path)).size - 4);
  await file.close();
  return folder;
}

describe('a model folder', () => {
  test('keeps float32 in its file', async () => {
    const { weights } = await readModelFolder(await changedModel(0.5));
    expect([...weights.values()].every((value) => 'stored' in value)).toBe(true);
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY])(
    'whose last number is %d is refused with its tensor, though the file could be mapped',
    async (value) => {
      const reading = readModelFolder(await changedModel(value));
      await expect(reading).rejects.toThrow(WeightsError);
      await expect(reading).rejects.toThrow(
        /^model\.safetensors: 1 tensor does not fit the network\.\nNot finite in float32, 1:\n {2}\S+ (NaN|-Infinity) at element \d+\n/,
      );
    },
  );
});
