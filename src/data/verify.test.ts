import { encode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openDataset } from './dataset.ts';
import { holdOut } from './hold-out.ts';
import { DATASET_CHECKS, verifyDataset } from './verify.ts';
import { decodeDatasetImage } from '../platform/node/dataset-files.ts';
import { encodeImage } from '../platform/node/encode-image.ts';
import { type Color, image } from '../image/image.ts';
import { encodePng } from '../image/png.ts';
import {
  colorMask,
  type Files,
  grayMask,
  mask,
  memorySource,
  photo,
  drawnImage,
  stripes,
} from '../../test/support/drawn/files.ts';

async function verify(files: Files) {
  const dataset = await openDataset(memorySource(files));
  return verifyDataset(dataset, { decodeImage: decodeDatasetImage });
}

/** Subjects, with details where there are some, by code. */
async function findings(files: Files): Promise<Record<string, string[]>> {
  const { problems } = await verify(files);
  return Object.fromEntries(
    problems.map(({ code, items }) => [
      code,
      items.map(({ subject, detail }) => (detail === undefined ? subject : `${subject}: ${detail}`)),
    ]),
  );
}

const NAMES = 'masks_dir: masks\ntrain: images/train\nval: images/val\n';
const wide = (ids: readonly number[]) =>
  encode({ width: 48, height: 40, data: Uint16Array.from(stripes(ids)), channels: 1, depth: 16 });
const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 60);
const sound = (name: string, seed: number, ids: readonly number[] = [0, 1, 2]): Files => ({
  [`images/${name}.png`]: photo(seed),
  [`masks/${name}.png`]: mask(ids),
});

test('a data set with twenty-one kinds of faults: every one is named, with its files', async () => {
  const jpegMask = await encodeImage(drawnImage(70), 'jpeg');
  const found = await findings({
    'data.yaml': `${NAMES}names: [ground, water, roof, glass, ground]\n`,
    // 1000 x 800 pixels without water or glass make water rare and glass absent.
    'images/train/large.png': photo(1, 1000, 800),
    'masks/train/large.png': mask([0, 2, 4], 1000, 800),
    ...sound('train/good', 2),
    'images/train/no-mask.png': photo(3),
    'masks/train/no-image.png': mask([0]),
    'images/train/twice.jpg': photo(4),
    'images/train/twice.png': photo(4),
    'masks/train/twice.png': mask([0]),
    'images/train/bitmap.bmp': 'BM',
    'images/train/empty-file.png': new Uint8Array(0),
    'masks/train/empty-file.png': mask([0]),
    'images/train/cut.png': cut(photo(5)),
    'masks/train/cut.png': mask([0]),
    'images/train/page.jpg': '<html>Not found</html>',
    'masks/train/page.png': mask([0]),
    'images/train/cut-mask.png': photo(6),
    'masks/train/cut-mask.png': cut(mask([0, 1])),
    'images/train/jpeg.png': photo(7),
    'masks/train/jpeg.jpg': jpegMask,
    'images/train/colored.png': photo(8),
    'masks/train/colored.png': colorMask([
      [128, 0, 0],
      [0, 128, 0],
    ]),
    'images/train/gray-rgb.png': photo(9),
    'masks/train/gray-rgb.png': colorMask([
      [0, 0, 0],
      [1, 1, 1],
    ]),
    'images/train/unknown.png': photo(10),
    'masks/train/unknown.png': grayMask([0, 5, 200]),
    'images/train/small-mask.png': photo(11),
    'masks/train/small-mask.png': mask([0, 1], 24, 20),
    'images/train/turned.png': photo(12),
    'masks/train/turned.png': mask([0, 1], 40, 48),
    'images/train/wide.png': photo(13),
    'masks/train/wide.png': wide([0, 1]),
    'images/train/unlabeled.png': photo(14),
    'masks/train/unlabeled.png': mask([255]),
    'images/train/blank.png': encodePng(image(48, 40, new Uint8Array(48 * 40 * 3).fill(9))),
    'masks/train/blank.png': mask([0]),
    'images/train/tiny.png': photo(15, 20, 24),
    'masks/train/tiny.png': mask([0], 20, 24),
    ...sound('train/copy-a', 16),
    ...sound('train/copy-b', 16),
    ...sound('train/leaked', 17),
    ...sound('val/leak', 17, [0, 255, 255, 255, 255]),
  });
  expect(found).toEqual({
    'missing-mask': ['images/train/no-mask.png'],
    'missing-image': ['masks/train/no-image.png'],
    'ambiguous-name': ['images/train/twice.png: has the same name as images/train/twice.jpg'],
    'unreadable-format': ['images/train/bitmap.bmp'],
    'unreadable-image': [
      expect.stringMatching(/^images\/train\/cut\.png: the PNG is damaged or cut off/),
      expect.stringMatching(/^images\/train\/empty-file\.png: not an image that can be read: it is empty/),
      expect.stringMatching(/^images\/train\/page\.jpg: not an image that can be read: it is an HTML page/),
    ],
    'unreadable-mask': [expect.stringMatching(/^masks\/train\/cut-mask\.png: the PNG is damaged/)],
    'jpeg-mask': [expect.stringMatching(/^masks\/train\/jpeg\.jpg: the mask is a JPEG/)],
    'colored-mask': [
      'masks/train/colored.png: RGB with the colors (128,0,0), (0,128,0)',
      'masks/train/gray-rgb.png: RGB, three equal channels (values 0, 1): keep one of them',
    ],
    'unknown-ids': ['masks/train/unknown.png: 5, 200 (1280 pixels)'],
    'size-mismatch': [
      'masks/train/small-mask.png: 24x20, but images/train/small-mask.png is 48x40',
      expect.stringMatching(/^masks\/train\/turned\.png: 40x48, but .* is 48x40, as if one were turned: .* EXIF/),
    ],
    'wide-mask': ['masks/train/wide.png'],
    'empty-mask': ['masks/train/unlabeled.png'],
    'blank-image': ['images/train/blank.png'],
    'small-image': ['images/train/tiny.png: 20x24'],
    'repeated-class-name': ['ground: classes 0 and 4'],
    leak: ['images/train/leaked.png: in train, and as images/val/leak.png in val'],
    duplicate: ['images/train/copy-b.png: the same as images/train/copy-a.png'],
    'absent-class': [
      'glass: class 3, not in train',
      'water: class 1, not in val',
      'roof: class 2, not in val',
      'glass: class 3, not in val',
      'ground: class 4, not in val',
    ],
    'rare-class': [expect.stringMatching(/^water: 0\.\d\d % in 7 images$/)],
    'much-ignored': [expect.stringMatching(/^val: 79\.17 %$/)],
    'mixed-sizes': ['48x40: 16 images', '1000x800: 1 image', '20x24: 1 image'],
  });
});

describe('a data set whose classes cannot be learned', () => {
  test('with one class is refused, and what to do is said', async () => {
    const { problems } = await verify({
      'images/train/a.png': photo(1),
      'masks/train/a.png': mask([0, 255]),
      'images/val/b.png': photo(2),
      'masks/val/b.png': mask([0]),
    });
    const [first] = problems;
    expect(first).toMatchObject({ severity: 'error', code: 'single-class' });
    expect(first?.message).toContain('a network that always answers it makes no mistake');
    expect(first?.advice).toContain('Make the background a class of its own, with id 0, instead of marking it 255.');
    expect(first?.advice).toContain('label_mapping: {255: 1}');
  });

  test('is refused as well where several are named but one occurs', async () => {
    const found = await findings({
      'data.yaml': `${NAMES}names: [background, cat]\n`,
      ...sound('train/a', 1, [1, 255]),
      ...sound('val/b', 2, [1]),
    });
    expect(found['single-class']).toEqual(['cat: all of train']);
    expect(found['absent-class']).toEqual(['background: class 0, not in train', 'background: class 0, not in val']);
  });

  test('is refused where train has one of them, whatever val has', async () => {
    const { problems } = await verify({
      'data.yaml': `${NAMES}names: [background, cat]\n`,
      ...sound('train/a', 1, [1]),
      ...sound('val/b', 2, [0, 1]),
    });
    const found = problems.find(({ code }) => code === 'single-class');
    expect(found).toMatchObject({ severity: 'error', stopsTraining: true, items: [{ subject: 'cat' }] });
  });

  test.each([
    ['with class names', { 'data.yaml': `${NAMES}names: [background, cat]\n` }],
    ['without class names', {}],
  ])('is refused where every pixel is ignored, %s', async (_, names) => {
    const { problems } = await verify({ ...names, ...sound('train/a', 1, [255]), ...sound('val/b', 2, [255]) });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([
      {
        severity: 'error',
        code: 'nothing-labeled',
        message: 'in 2 splits no pixel has a class: every mask is ignored all over',
        advice: 'Give pixels the ids of classes: 255, and what is called void or unlabeled, is not looked at.',
        items: [
          { subject: 'train', detail: '1 mask' },
          { subject: 'val', detail: '1 mask' },
        ],
        stopsTraining: true,
        stopsReading: false,
      },
    ]);
  });
});

test('splits without samples, and the lack of train or val, are named', async () => {
  const found = await findings({
    'data.yaml': 'test: images/test\nval: images/val\nmasks_dir: masks\nnames: [a, b, c]\n',
    ...sound('test/a', 1),
  });
  expect(found).toMatchObject({ 'no-samples': ['val'], 'no-train': ['val, test'] });
  const unsplit = await findings({ 'images/a.png': photo(1), 'masks/a.png': mask([0, 1]) });
  expect(unsplit).toMatchObject({ 'no-validation': ['train'] });
  expect(unsplit.note?.[0]).toContain('There are no folders for splits');
});

test('a val that is learned from lacks no sample', async () => {
  const dataset = await openDataset(
    memorySource({ 'data.yaml': `${NAMES}names: [a, b, c]\n`, ...sound('train/a', 1), ...sound('val/b', 2) }),
  );
  const { problems } = await verifyDataset(holdOut(dataset, 'none'), { decodeImage: decodeDatasetImage });
  expect(problems.map(({ code }) => code)).not.toContain('no-samples');
  expect(problems.map(({ code }) => code)).not.toContain('no-validation');
});

test('classes below 1 % of the pixels are warned of', async () => {
  const ids = new Uint8Array(200 * 100);
  ids[0] = 1;
  const found = await findings({
    'images/train/a.png': photo(1, 200, 100),
    'masks/train/a.png': encode({ width: 200, height: 100, data: ids, channels: 1, depth: 8 }),
    'classes.txt': 'ground\nneedle\n',
  });
  expect(found['rare-class']).toEqual(['needle: 0.005 % in 1 image']);
});

test('files that a list names and are not there are found', async () => {
  const found = await findings({ 'train.txt': 'a.png b.png\nc.png d.png\n', 'a.png': photo(1), 'b.png': mask([0, 1]) });
  expect(found['missing-listed']).toEqual(['c.png: listed in train.txt', 'd.png: listed in train.txt']);
});

test('colors that no class has are named', async () => {
  const found = await findings({
    'class_dict.csv': 'name,r,g,b\na,0,0,0\nb,9,9,9\n',
    'images/train/a.png': photo(1),
    'masks/train/a.png': colorMask([
      [0, 0, 0],
      [9, 9, 9],
      [8, 9, 9],
    ]),
  });
  expect(found['unknown-ids']).toEqual(['masks/train/a.png: (8,9,9) (640 pixels)']);
});

describe('the advice for masks in colors', () => {
  const colored: Files = {
    'images/train/a.png': photo(1),
    'masks/train/a.png': colorMask([
      [0, 0, 0],
      [9, 9, 9],
      [200, 0, 0],
    ]),
  };
  const TABLE = 'name,r,g,b\nvoid,9,9,9\nwater,200,0,0\nground,0,0,0\n';
  const LAYOUTS: Readonly<Record<string, Files>> = {
    ultralytics: { ...colored, 'data.yaml': 'masks_dir: masks\ntrain: images/train\nnames: [ground, water]\n' },
    folders: colored,
    'pair-lists': { ...colored, 'train.txt': 'images/train/a.png masks/train/a.png\n' },
    mmsegmentation: {
      'img_dir/train/a.png': photo(1),
      'ann_dir/train/a.png': colored['masks/train/a.png'] as Uint8Array,
    },
  };

  test.each(Object.entries(LAYOUTS))('is given in the layout %s, and works there', async (format, files) => {
    const dataset = await openDataset(memorySource(files));
    expect(dataset.format).toBe(format);
    const { problems } = await verifyDataset(dataset, { decodeImage: decodeDatasetImage });
    const { advice = '' } = problems.find(({ code }) => code === 'colored-mask') ?? {};
    expect(advice).toMatch(/If the colors are the classes, put a class_dict\.csv beside /);
    const followed = await verify({ ...files, 'class_dict.csv': TABLE });
    expect(followed.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const ground = followed.statistics[0]?.classes.find(({ name }) => name === 'ground');
    expect(ground?.pixels).toBe(640);
  });

  test('is to save ids where the layout reads no table', async () => {
    const { problems } = await verify({
      'JPEGImages/a.png': photo(1),
      'SegmentationClass/a.png': colored['masks/train/a.png'] as Uint8Array,
      'ImageSets/Segmentation/train.txt': 'a\n',
    });
    expect(problems.find(({ code }) => code === 'colored-mask')?.advice).toBe(
      'Save one channel with the class ids (gray or indexed PNG).',
    );
  });
});

describe('an image with an EXIF orientation', () => {
  const turned = (orientation: number, width: number, height: number) => {
    const { data } = drawnImage(orientation, width, height);
    return sharp(data, { raw: { width, height, channels: 3 } })
      .withMetadata({ orientation })
      .jpeg()
      .toBuffer();
  };
  const found = async (orientation: number, [width, height]: Size, [maskWidth, maskHeight]: Size) =>
    findings({
      'classes.txt': 'ground\nwater\n',
      'images/train/a.jpg': await turned(orientation, width, height),
      'masks/train/a.png': mask([0, 1], maskWidth, maskHeight),
    });
  type Size = readonly [width: number, height: number];

  test.each<readonly [number, Size, string]>([
    [6, [48, 48], 'orientation 6 (turned by 90 degrees), 48x48'],
    [5, [48, 48], 'orientation 5 (mirrored and turned by 90 degrees), 48x48'],
    [2, [48, 40], 'orientation 2 (mirrored), 48x40'],
    [3, [48, 40], 'orientation 3 (turned by 180 degrees), 48x40'],
    [4, [48, 40], 'orientation 4 (mirrored upside down), 48x40'],
  ])('%i and %j is warned of, since its mask may be of either', async (orientation, size, detail) => {
    const { 'turned-image': items } = await found(orientation, size, size);
    expect(items).toEqual([`images/train/a.jpg: ${detail}, with masks/train/a.png`]);
  });

  test('is not warned of where the size shows that the mask follows', async () => {
    const { 'turned-image': turnedImage, 'size-mismatch': mismatch } = await found(8, [48, 40], [40, 48]);
    expect([turnedImage, mismatch]).toEqual([undefined, undefined]);
    expect(await found(1, [48, 48], [48, 48])).not.toHaveProperty('turned-image');
  });

  test('is named where the mask has the size of the stored image', async () => {
    const { 'size-mismatch': items } = await found(6, [48, 40], [48, 40]);
    expect(items).toEqual([
      'masks/train/a.png: 48x40, but images/train/a.jpg is 40x48 upright: its EXIF orientation is 6 (turned by 90 degrees), and the mask is drawn on the stored image',
    ]);
  });
});

describe('palettes of masks', () => {
  const indexed = (ids: readonly number[], ...palette: Color[]) =>
    encode({
      width: 48,
      height: 40,
      data: stripes(ids),
      channels: 1,
      depth: 8,
      palette: palette.map((each) => [...each]),
    });
  const BLACK: Color = [0, 0, 0];
  const WHITE: Color = [255, 255, 255];
  const RED: Color = [200, 0, 0];
  const GREEN: Color = [0, 200, 0];
  const conflicts = async (...masks: readonly Uint8Array[]) => {
    const files = masks.flatMap((bytes, index) => [
      [`images/train/${index}.png`, photo(index)],
      [`masks/train/${index}.png`, bytes],
    ]);
    const { 'palette-conflict': items = [] } = await findings({
      'classes.txt': 'ground\nleaf\nstem\n',
      ...(Object.fromEntries(files) as Files),
    });
    return items;
  };

  test('that show an index in two colors are warned of, with a file of each', async () => {
    const [red, green] = [indexed([0, 1, 2], BLACK, RED, WHITE), indexed([0, 1], BLACK, GREEN, RED)];
    expect(await conflicts(red, green, red)).toEqual([
      'index 1 (leaf): (200,0,0) in masks/train/0.png and 1 other, (0,200,0) in masks/train/1.png',
    ]);
  });

  test.each<readonly [string, readonly Uint8Array[]]>([
    ['agree', [indexed([0, 1], BLACK, RED), indexed([0, 1, 2], BLACK, RED, GREEN)]],
    ['differ in an index that no pixel has', [indexed([0, 1], BLACK, RED, GREEN), indexed([0, 1], BLACK, RED, WHITE)]],
    ['are not there', [indexed([0, 1], BLACK, RED), grayMask([0, 1])]],
    ['are a ramp of gray beside colors', [indexed([0, 1], BLACK, RED), indexed([0, 1], BLACK, WHITE)]],
    ['are ramps of gray', [indexed([0, 1], BLACK, [1, 1, 1]), indexed([0, 1], BLACK, WHITE)]],
    ['differ where all is ignored', [paletted255(RED), paletted255(GREEN)]],
  ])('that %s contradict nothing', async (_, masks) => {
    expect(await conflicts(...masks)).toEqual([]);
  });

  test('of gray contradict each other where one is upside down', async () => {
    expect(await conflicts(indexed([0, 1], BLACK, WHITE), indexed([0, 1], WHITE, BLACK))).toEqual([
      'index 0 (ground): (0,0,0) in masks/train/0.png, (255,255,255) in masks/train/1.png',
      'index 1 (leaf): (255,255,255) in masks/train/0.png, (0,0,0) in masks/train/1.png',
    ]);
  });

  function paletted255(color: Color): Uint8Array {
    const palette = Array.from({ length: 256 }, (_, id): Color => (id === 255 ? color : id === 1 ? [9, 0, 9] : BLACK));
    return indexed([0, 1, 255], ...palette);
  }
});

describe('a mask with more channels than ids need', () => {
  const channels = (count: 2 | 3 | 4, depth: 8 | 16 = 8) => {
    const ids = [...stripes([0, 1, 2])];
    const data = ids.flatMap((id) => [
      ...Array.from({ length: count % 2 === 0 ? count - 1 : count }, () => id),
      ...(count % 2 === 0 ? [255] : []),
    ]);
    return encode({
      width: 48,
      height: 40,
      data: depth === 8 ? Uint8Array.from(data) : Uint16Array.from(data),
      channels: count,
      depth,
    });
  };

  test.each([
    ['alpha-mask', 'gray with alpha (values 0, 1, 2)', channels(2)],
    ['alpha-mask', 'gray with alpha (16 bits a channel)', channels(2, 16)],
    ['colored-mask', 'RGB, three equal channels (values 0, 1, 2): keep one of them', channels(3)],
    ['colored-mask', 'RGB with alpha, three equal channels (values 0, 1, 2): keep one of them', channels(4)],
    ['colored-mask', 'RGB, three equal channels (16 bits a channel): keep one of them', channels(3, 16)],
  ])('is an %s and called %s', async (code, detail, bytes) => {
    const { problems } = await verify({
      'images/train/a.png': photo(1),
      'masks/train/a.png': bytes,
      'classes.txt': 'a\nb\nc\n',
    });
    const found = problems.find((problem) => problem.code === code);
    expect(found?.items).toEqual([{ subject: 'masks/train/a.png', detail }]);
    if (code === 'alpha-mask') expect(found?.advice).toContain('Save them without alpha');
  });
});

test('images with the same hash by accident are no copies', async () => {
  const source = memorySource({ ...sound('train/a', 1), ...sound('val/a', 1) });
  const dataset = await openDataset(source);
  let reads = 0;
  const liar = {
    ...dataset,
    source: {
      ...source,
      read: async (path: string) => {
        const bytes = await source.read(path);
        // The second time each file is read it is another one.
        return path.startsWith('images/') && ++reads > 2 ? Uint8Array.of(reads) : bytes;
      },
    },
  };
  const { problems } = await verifyDataset(liar, { decodeImage: decodeDatasetImage });
  expect(problems.map(({ code }) => code)).not.toContain('leak');
});

test('a sound data set has no problems, and all checks have codes of their own', async () => {
  const found = await findings({
    'data.yaml': `${NAMES}names: [a, b, c]\n`,
    ...sound('train/a', 1),
    ...sound('val/b', 2),
  });
  expect(found).toEqual({});
  expect(new Set(DATASET_CHECKS.map(({ code }) => code)).size).toBe(DATASET_CHECKS.length);
});
