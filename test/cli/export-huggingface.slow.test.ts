/** A folder exported for Hugging Face loads in transformers.js and gives our labels. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadModel } from '../../src/platform/node/load.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

interface Mask {
  readonly label: string;
  readonly mask: { readonly width: number; readonly height: number; readonly data: Uint8Array };
}

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  const model = await writeSyntheticModel(folder);
  const { code, stderr } = await runCli([
    'export',
    model,
    '--format',
    'huggingface',
    '--output',
    join(folder, 'exported'),
  ]);
  expect(code, stderr).toBe(0);
});

test('the image-segmentation pipeline of transformers.js gives the labels that ours gives, pixel by pixel', async () => {
  const { env, pipeline } = await import('@huggingface/transformers');
  env.allowRemoteModels = false;
  env.localModelPath = `${folder}/`;
  const photo = join(folder, 'photo.png');
  await writeFile(photo, await wavesPng(131, 97));
  const theirs = await pipeline('image-segmentation', 'exported', { dtype: 'fp32' });
  const masks = (await theirs(photo)) as unknown as readonly Mask[];
  const ours = await loadModel(join(folder, 'exported'));
  const { labels } = await ours.segment(photo);
  const { classes } = ours.description;
  const expected = new Int16Array(labels.data.length).fill(-1);
  for (const { label, mask } of masks) {
    expect([mask.width, mask.height]).toEqual([131, 97]);
    const id = classes.findIndex(({ name }) => name === label);
    mask.data.forEach((value, pixel) => {
      if (value) expected[pixel] = id;
    });
  }
  expect([...labels.data]).toEqual([...expected]);
  expect(masks.length).toBeGreaterThan(1);
  await ours.dispose();
  await theirs.dispose();
});
