/** Drawn shapes as files of a data set, laid out as in the README: images/, masks/ and data.yaml. */
import { UsageError } from '../../errors.ts';
import { encodeLabelPng, encodePng } from '../../image/png.ts';
import type { FileSink } from '../file-source.ts';
import { drawShapes, SHAPE_CLASSES, SHAPES_SIZE } from './shapes.ts';

/** Which shapes are drawn, and who is told. */
export interface ShapesDatasetOptions {
  readonly seed: number;
  /** Images by split, such as { train: 300, val: 20, test: 40 }. */
  readonly counts: Readonly<Record<string, number>>;
  /** Side of the images in pixels, 32 to 1024. Default 96. */
  readonly size?: number;
  /** Once aborted, no further image is drawn. */
  readonly signal?: { readonly aborted: boolean };
  readonly onImage?: (done: number, total: number) => void;
}

/** Draws and writes a data set. The same options give the same bytes. @throws UsageError if a count, the size or the seed is out of range. */
export async function writeShapesDataset(sink: FileSink, options: ShapesDatasetOptions): Promise<void> {
  const { seed, counts, size = SHAPES_SIZE, signal, onImage } = options;
  for (const [split, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new UsageError(`The split ${split} takes a whole number of images, at least 1; got ${count}.`);
    }
  }
  const colors = SHAPE_CLASSES.map(({ color }) => color);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const digits = String(total).length;
  let done = 0;
  for (const [split, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index++) {
      if (signal?.aborted) return;
      const { image, labels } = drawShapes(seed, [split, index], size);
      const file = `${split}/${String(index).padStart(digits, '0')}.png`;
      await Promise.all([
        sink.write(`images/${file}`, encodePng(image)),
        sink.write(`masks/${file}`, encodeLabelPng(labels, colors)),
      ]);
      onImage?.(++done, total);
    }
  }
  const splits = Object.keys(counts).map((split) => `${split}: images/${split}\n`);
  const names = SHAPE_CLASSES.map(({ name }, id) => `${id}: ${name}`);
  const yaml = `${splits.join('')}masks_dir: masks\nnames: {${names.join(', ')}}\n`;
  await sink.write('data.yaml', new TextEncoder().encode(yaml));
}
