/** A model folder with drawn weights, and images made by formula: what tests of the commands need and no data set gives. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { LABEL_SETS } from '../../src/labels/sets/label-sets.ts';
import { IMAGENET_PREPROCESSING, type Preprocessing } from '../../src/image/preprocess.ts';
import { architecture, architectureName } from '../../src/models/architectures.ts';
import type { NetworkDefinition } from '../../src/models/families.ts';
import { networkParameters } from '../../src/models/network.ts';
import { initialize } from '../../src/nn/initialize.ts';
import { writeModelFolder } from '../../src/platform/node/write-model-folder.ts';

/** A folder for one test file. */
export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'refinenet test 道路-'));

/** RefineNet with all of its parts, narrow: eleven classes. */
export const NARROW_REFINENET: NetworkDefinition = (() => {
  const { decoder, ...rest } = architecture('refinenet-resnet18', 11);
  return { ...rest, decoder: { ...decoder, widths: [32, 16, 16, 16] } };
})();

/** Few layers, which learn quickly: eleven classes. */
export const SHALLOW_REFINENET: NetworkDefinition = (() => {
  const { decoder, ...rest } = architecture('refinenet-lw-resnet18', 11);
  const pooling = { ...decoder.pooling, count: 1 };
  return { ...rest, decoder: { ...decoder, taps: ['layer2', 'layer1'], widths: [16, 16], cascade: [1, 2], pooling } };
})();

/** Writes a Light-Weight RefineNet on MobileNetV2, or another network, with eleven classes and drawn weights. */
export async function writeSyntheticModel(
  folder: string,
  preprocessing: Partial<Preprocessing> = {},
  definition: NetworkDefinition = architecture('refinenet-lw-mobilenetv2', 11),
): Promise<string> {
  const path = join(folder, 'model');
  const weights = initialize(networkParameters(definition), 1);
  await writeModelFolder(
    path,
    {
      definition,
      weights,
      classes: LABEL_SETS.camvid.classes,
      preprocessing: { ...IMAGENET_PREPROCESSING, ...preprocessing },
    },
    { title: 'synthetic', architecture: architectureName(definition), origin: 'Drawn at random.' },
  );
  return path;
}

/** An RGB image of smooth waves, different for each seed. */
export function waves(width: number, height: number, seed = 0): Buffer {
  const data = Buffer.alloc(width * height * 3);
  for (let index = 0; index < data.length; index++) {
    const x = Math.floor(index / 3) % width;
    const y = Math.floor(index / 3 / width);
    data[index] = 128 + 127 * Math.sin((x * (1 + (index % 3)) + y * (seed + 2)) / 9);
  }
  return data;
}

/** The same image as a PNG file's bytes. */
export const wavesPng = (width: number, height: number, seed = 0): Promise<Buffer> =>
  sharp(waves(width, height, seed), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
