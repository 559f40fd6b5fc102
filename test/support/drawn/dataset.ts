/** A data set of drawn images: a bright disc ("disc") on a dark, noisy ground ("ground"), easy to tell apart. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream } from '../../../src/tensor/random.ts';

export interface DrawnDatasetOptions {
  readonly train?: number;
  readonly val?: number;
  readonly size?: number;
  /** Whether masks hold the disc alone, all else being ignored. */
  readonly single?: boolean;
}

/** Writes images/, masks/ (each with train/ and val/) and classes.txt. */
export async function writeDrawnDataset(
  folder: string,
  { train = 6, val = 2, size = 80, single = false }: DrawnDatasetOptions = {},
): Promise<string> {
  const counts = { train, val };
  for (const [split, count] of Object.entries(counts)) {
    for (const kind of ['images', 'masks']) await mkdir(join(folder, kind, split), { recursive: true });
    for (let index = 0; index < count; index++) {
      const random = randomStream(5, split, index);
      const radius = size * (0.15 + 0.2 * random.uniform());
      const [x, y] = [radius + (size - 2 * radius) * random.uniform(), radius + (size - 2 * radius) * random.uniform()];
      const pixels = Buffer.alloc(size * size * 3);
      const mask = Buffer.alloc(size * size);
      for (let pixel = 0; pixel < mask.length; pixel++) {
        const isDisc = Math.hypot((pixel % size) - x, Math.floor(pixel / size) - y) < radius;
        mask[pixel] = isDisc ? 1 : single ? 255 : 0;
        for (let channel = 0; channel < 3; channel++) {
          pixels[pixel * 3 + channel] =
            ((isDisc ? [220, 120, 60] : [30, 60, 90])[channel] as number) + random.integer(30);
        }
      }
      const write = (kind: string, data: Buffer, channels: 1 | 3) =>
        sharp(data, { raw: { width: size, height: size, channels } })
          .toColorspace(channels === 1 ? 'b-w' : 'srgb')
          .png()
          .toFile(join(folder, kind, split, `${index}.png`));
      await write('images', pixels, 3);
      await write('masks', mask, 1);
    }
  }
  await writeFile(join(folder, 'classes.txt'), 'ground\ndisc\n');
  return folder;
}
