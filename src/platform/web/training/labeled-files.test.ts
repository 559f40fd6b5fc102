import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeLabelPng, encodePng } from '../../../image/png.ts';
import { image } from '../../../image/image.ts';
import { labelMap } from '../../../image/label-map.ts';
import { readPngHeader } from '../../../image/png-chunks.ts';
import { readLabeledFiles } from './labeled-files.ts';

const COLORS = [
  [10, 20, 30],
  [200, 0, 100],
] as const;

const photo = (width = 4, height = 3): Uint8Array =>
  encodePng(image(width, height, new Uint8Array(3 * width * height).fill(90)));
const mask = (ids: readonly number[], width = 4, height = 3): Uint8Array =>
  encodeLabelPng(
    labelMap(
      width,
      height,
      Uint8Array.from({ length: width * height }, (_, at) => ids[at] ?? 0),
    ),
    COLORS,
  );

const YAML = 'path: .\ntrain: images/train\nval: images/val\nmasks_dir: masks\nnames:\n  0: "sky"\n  1: "bird"\n';

const filesWith = (more: Readonly<Record<string, Uint8Array | string>>): Map<string, Blob> =>
  new Map(
    Object.entries({
      'data.yaml': YAML,
      'images/train/a.png': photo(),
      'masks/train/a.png': mask([1, 0, 255]),
      'images/val/b.png': photo(),
      'masks/val/b.png': mask([0, 1]),
      ...more,
    }).map(([path, content]) => [path, new Blob([content as string])]),
  );

describe('a data set in the files of a page', () => {
  beforeAll(() => {
    // What a browser decodes, this test knows by its header.
    vi.stubGlobal('createImageBitmap', async (file: Blob) => {
      const { width, height } = readPngHeader(new Uint8Array(await file.arrayBuffer()), 'it');
      return { width, height, close: () => {} };
    });
  });
  afterAll(() => vi.unstubAllGlobals());

  test('is read with its classes, in the colors of its masks, and its splits', async () => {
    const { format, classes, images } = await readLabeledFiles(filesWith({}));
    expect(format).toBe('ultralytics');
    expect(classes).toEqual([
      { name: 'sky', color: COLORS[0] },
      { name: 'bird', color: COLORS[1] },
    ]);
    expect(images.map(({ name, path, split, image }) => [name, path, split, image.type])).toEqual([
      ['a', 'images/train/a.png', 'train', 'image/png'],
      ['b', 'images/val/b.png', 'val', 'image/png'],
    ]);
    expect([...(images[0]?.mask.data.subarray(0, 4) ?? [])]).toEqual([1, 0, 255, 0]);
    expect(images[1]?.mask).toMatchObject({ width: 4, height: 3 });
  });

  test('may lie in a folder, with what archives from a Mac bring', async () => {
    const inner = new Map([...filesWith({})].map(([path, file]) => [`labels/${path}`, file]));
    inner.set('__MACOSX/labels/._data.yaml', new Blob(['?']));
    const { images } = await readLabeledFiles(inner);
    expect(images.map(({ path }) => path)).toEqual(['images/train/a.png', 'images/val/b.png']);
  });

  test('is refused with all that is wrong with it', async () => {
    const files = filesWith({
      'masks/train/a.png': mask([0, 7]),
      'masks/val/b.png': mask([], 5, 3),
      'images/val/c.png': photo(),
      'images/train/d.png': 'no image',
      'masks/train/d.png': mask([]),
    });
    await expect(readLabeledFiles(files, { name: 'birds' })).rejects.toThrow(
      [
        'birds cannot be opened as it is.',
        'images/val/c.png has no mask of its name.',
        'masks/train/a.png: the mask has ids that are no classes: 7. The classes are 0 ... 1, and 255 is ignored. Correct the mask or the mapping of labels.',
        'images/train/d.png: this browser cannot read it as an image. Save it anew, as JPEG or PNG.',
        'masks/val/b.png: the mask is 5x3, but its image images/val/b.png is 4x3. Make the mask anew at the size of the image.',
      ].join('\n'),
    );
  });

  test('is refused where nothing says how it is laid out', async () => {
    const files = new Map([['a.png', new Blob([photo() as Uint8Array<ArrayBuffer>])]]);
    await expect(readLabeledFiles(files, { name: 'birds' })).rejects.toThrow(
      'birds: no data set of a known layout was found (it has a.png).',
    );
  });

  test('is left when it is asked to', async () => {
    await expect(readLabeledFiles(filesWith({}), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});
