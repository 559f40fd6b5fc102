/** Folders exported in lower precisions load in transformers.js by their files' names and give our labels. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Segmenter } from '../../src/inference/segmenter.ts';
import { nodeBackend } from '../../src/platform/node/backend.ts';
import { openImage } from '../../src/platform/node/image-source.ts';
import { readModelFolder } from '../../src/platform/node/model-folder.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

interface Mask {
  readonly label: string;
  readonly mask: { readonly data: Uint8Array };
}

let folder: string;
let photo: string;
let model: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
  photo = join(folder, 'photo.png');
  await writeFile(photo, await wavesPng(131, 97));
});

test.each([
  ['float16', 'fp16', []],
  ['int8', 'q8', ['--calibration']],
] as const)(
  '%s is the dtype %s of transformers.js, and gives the labels that ours gives',
  async (precision, dtype, calibration) => {
    const output = join(folder, precision);
    const argv = ['export', model, '--format', 'huggingface', '--precision', precision, '--output', output];
    const { code, stderr } = await runCli([...argv, ...calibration.flatMap((name) => [name, photo])]);
    expect(code, stderr).toBe(0);
    const { env, pipeline } = await import('@huggingface/transformers');
    env.allowRemoteModels = false;
    env.localModelPath = `${folder}/`;
    const theirs = await pipeline('image-segmentation', precision, { dtype });
    const masks = (await theirs(photo)) as unknown as readonly Mask[];
    const ours = await Segmenter.create(await readModelFolder(output), await nodeBackend(), { precision });
    const { labels } = await ours.segment(await openImage(photo));
    const { classes } = ours.description;
    let same = 0;
    for (const { label, mask } of masks) {
      const id = classes.findIndex(({ name }) => name === label);
      mask.data.forEach((value, pixel) => {
        if (value && labels.data[pixel] === id) same++;
      });
    }
    expect(masks.length).toBeGreaterThan(1);
    expect(same / labels.data.length).toBeGreaterThan(0.999);
    await ours.dispose();
    await theirs.dispose();
  },
);
