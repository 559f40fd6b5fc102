/**
 * Every format of shapes: one scene, drawn in each by hand, is found without options, verified, read to the pixel, and converted
 * there and back with the same pixels; files that are malformed are named.
 */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { CONVERSION_TARGETS } from '../src/tasks/names.ts';
import { convertDataset } from '../src/data/conversion/convert.ts';
import { type Dataset, openDataset } from '../src/data/dataset.ts';
import { subfolder } from '../src/data/file-source.ts';
import { classesNamed } from '../src/labels/classes-named.ts';
import { DATASET_FORMATS } from '../src/data/formats/index.ts';
import { readSample } from '../src/data/read-sample.ts';
import { verifyDataset } from '../src/data/verify.ts';
import { decodeDatasetImage } from '../src/platform/node/dataset-files.ts';
import { checkForTraining } from '../src/data/training-check.ts';
import {
  type AnnotatedFixture,
  boxMask,
  coco,
  corners,
  EXPECTED,
  FIXTURES,
  HEIGHT,
  LEAF,
  labelme,
  OVERLAP,
  WIDTH,
  yoloLine,
} from './support/annotated-files.ts';
import { bytesOf, drawnImage, type Files, mask, memorySink, memorySource, photo } from './support/drawn/files.ts';
import { FAULTY, REFUSED } from './support/faulty-annotations.ts';

const decodeImage = decodeDatasetImage;

/** The names of the classes of a sample's pixels. */
async function namesIn(dataset: Dataset, split: string): Promise<string[]> {
  const [sample] = dataset.samples(split);
  if (!sample) throw new Error(`${split} has no sample`);
  const { labels } = await readSample(dataset, sample, decodeImage);
  return [...labels.data].map((id) => dataset.classes[id]?.name ?? 'ignored');
}

const expectedIn = (name: 'a' | 'b', { ignoresRest }: AnnotatedFixture): string[] =>
  EXPECTED[name].map((label) => (label === 'background' && ignoresRest ? 'ignored' : label));

test('every format of shapes has a fixture', () => {
  const masks = [
    'ade20k',
    'camvid-colors',
    'camvid-fastai',
    'camvid-segnet',
    'cityscapes',
    'coco-stuff',
    'color-masks',
  ];
  const others = ['folders', 'mmsegmentation', 'nyudv2', 'pair-lists', 'ultralytics', 'voc'];
  const published = ['pascal-context', 'person-part', 'sun-rgbd'];
  const names = DATASET_FORMATS.map(({ name }) => name).filter(
    (name) => ![...masks, ...others, ...published].includes(name),
  );
  expect([...new Set(Object.values(FIXTURES).map(({ format }) => format))].sort()).toEqual(names.sort());
});

describe.each(Object.entries(FIXTURES))('%s', (_, fixture) => {
  test('is found, read to the pixel and ready for training', async () => {
    const dataset = await openDataset(memorySource(fixture.files));
    expect(dataset.format).toBe(fixture.format);
    expect(dataset.splits).toEqual(['train', 'val']);
    expect(dataset.samples('train').map(({ name }) => name)).toEqual(['a']);
    expect(dataset.classes.map(({ name }) => name)).toEqual(fixture.classes ?? ['background', 'leaf', 'stone']);
    expect(await namesIn(dataset, 'train')).toEqual(expectedIn('a', fixture));
    expect(await namesIn(dataset, 'val')).toEqual(expectedIn('b', fixture));
    const { problems } = await verifyDataset(dataset, { decodeImage });
    const told = problems.filter(({ severity }) => severity !== 'info').map(({ code }) => code);
    // The leaf is on the training image only.
    expect(told).toEqual(fixture.ignoresRest ? ['absent-class', 'much-ignored'] : ['absent-class']);
    const overlap = problems.find(({ code }) => code === 'overlap');
    expect(overlap?.items.map(({ detail }) => detail)).toEqual(fixture.isFlat ? undefined : [`${OVERLAP} pixels`]);
    expect((await checkForTraining(dataset, { decodeImage })).classes).toHaveLength(1);
  });

  test.each(CONVERSION_TARGETS)('is the same after it was converted to %s', async (to) => {
    const dataset = await openDataset(memorySource(fixture.files));
    const sink = memorySink();
    const { entry, samples, losses } = await convertDataset(dataset, sink, { decodeImage, to });
    expect(samples).toEqual({ train: 1, val: 1 });
    // Without a background there will be one, and YOLO's texts have no word for what is ignored.
    expect(losses.length).toBe(fixture.ignoresRest ? { masks: 0, coco: 1, yolo: 2 }[to] : 0);
    expect(Object.keys(sink.files)).toContain(entry);
    const converted = await openDataset(memorySource(sink.files));
    expect(converted.format).toBe({ masks: 'ultralytics', coco: 'coco', yolo: 'yolo' }[to]);
    for (const [split, name] of [
      ['train', 'a'],
      ['val', 'b'],
    ] as const) {
      const names = await namesIn(converted, split);
      // Its texts have no word for what is ignored.
      expect(names).toEqual(to === 'yolo' ? EXPECTED[name] : expectedIn(name, fixture));
      expect(sink.files[`images/${split}/${name}.png`]).toEqual(await imageOf(dataset, split));
    }
    expect(
      (await verifyDataset(converted, { decodeImage })).problems.filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });
});

const CODES_OF_SIZES = ['size-mismatch', 'turned-image'];

describe.each(Object.entries(FIXTURES))('images of %s', (_, fixture) => {
  const NO_FILE = 'the image is no file of its own';
  /** The first image to train on, where it is a file of its own. */
  const opened = async () => {
    const [sample] = (await openDataset(memorySource(fixture.files))).samples('train');
    const image = Object.keys(fixture.files).find((path) => path.endsWith(sample?.image ?? ''));
    return { image: image ?? '', isInside: image === undefined || image === sample?.mask };
  };
  const problemsOf = async (files: Files) => (await told(files)).map((line) => line.replace(': undefined', ''));

  test('that EXIF turns are labeled upright; what was drawn on the stored ones is named', async ({ skip }) => {
    const { image, isInside } = await opened();
    skip(isInside, NO_FILE);
    // Stored lying down, and upright of the size that the labels say.
    const upright = { ...fixture.files, [image]: await turnedJpeg(6, HEIGHT, WIDTH) };
    const dataset = await openDataset(memorySource(upright));
    expect(await namesIn(dataset, 'train')).toEqual(expectedIn('a', fixture));
    const isSized = dataset.samples('train')[0]?.annotation?.size !== undefined || fixture.ignoresRest === true;
    const told = (await problemsOf(upright)).filter((line) => CODES_OF_SIZES.some((code) => line.startsWith(code)));
    expect(told).toEqual(
      isSized ? [] : [expect.stringMatching(/^turned-image \| .*orientation 6 .*which says no size$/)],
    );
    // Drawn on the stored one.
    const stored = { ...fixture.files, [image]: await turnedJpeg(6, WIDTH, HEIGHT) };
    const sizes = (await problemsOf(stored)).filter((line) => CODES_OF_SIZES.some((code) => line.startsWith(code)));
    expect(sizes).toEqual([
      isSized
        ? expect.stringMatching(
            /^size-mismatch \| .*: 48x40, but .* is 40x48 upright: its EXIF orientation is 6 \(turned by 90 degrees\), and the mask is drawn on the stored image$/,
          )
        : expect.stringMatching(/^turned-image \| .*orientation 6 .*which says no size$/),
    ]);
  });

  test('that are not there are named, and so are those that no labels name', async ({ skip }) => {
    const { image, isInside } = await opened();
    skip(isInside, NO_FILE);
    const { [image]: _gone, ...without } = fixture.files;
    const missing = (await problemsOf(without)).filter((line) => /^missing-(listed|image) \| /.test(line));
    expect(missing).toEqual([expect.stringMatching(/\ba(_.*)?(\.png|\.txt|\.jpg)?\b/)]);
    const stranger = image.replace(/[^/]*$/, 'stranger.png');
    const strange = await problemsOf({ ...fixture.files, [stranger]: photo(9) });
    expect(strange.filter((line) => line.includes('stranger'))).toEqual([
      expect.stringMatching(/^missing-mask \| .*stranger\.png$/),
    ]);
  });
});

/** A JPEG that is stored with these sides and turned when it is shown. */
async function turnedJpeg(orientation: number, width: number, height: number): Promise<Uint8Array> {
  const { data } = drawnImage(orientation, width, height);
  const stored = sharp(data, { raw: { width, height, channels: 3 } });
  return new Uint8Array(await stored.withMetadata({ orientation }).jpeg().toBuffer());
}

async function imageOf(dataset: Dataset, split: string): Promise<Uint8Array> {
  return new Uint8Array(await dataset.source.read(dataset.samples(split)[0]?.image as string));
}

/** What verify says, a line an item, as `code | subject: detail`. */
async function told(files: Files): Promise<string[]> {
  const dataset = await openDataset(memorySource(files));
  const { problems } = await verifyDataset(dataset, { decodeImage });
  return problems
    .filter(
      ({ code }) =>
        !['note', 'absent-class', 'rare-class', 'no-validation', 'overlap', 'no-train', 'mixed-sizes'].includes(code),
    )
    .flatMap(({ code, items }) => items.map(({ subject, detail }) => `${code} | ${subject}: ${detail}`));
}

describe.each(Object.entries(FAULTY))('%s', (_, { files, says, refuses }) => {
  test('has all that is wrong named at once, with file and number', async () => {
    expect(await told(files)).toEqual(says);
  });

  test(refuses === undefined ? 'is trained on nevertheless' : 'is refused by training', async () => {
    const checking = checkForTraining(await openDataset(memorySource(files)), { decodeImage });
    if (refuses === undefined) await checking;
    else await expect(checking).rejects.toThrow(refuses);
  });
});

test.each(REFUSED)('%s is refused: %s', async (_, messages, files) => {
  const opening = openDataset(memorySource(files)).then(
    () => 'it was opened',
    (error: Error) => error.message,
  );
  const said = await opening;
  for (const message of [messages].flat()) expect(said).toContain(message);
});

test.each([
  ['train2017', 'val2017'],
  ['images/train2017', 'images/val2017'],
  ['images/train', 'images/val'],
  ['train/images', 'val/images'],
])('the file that is named where COCO has several kinds leads to images in %s and %s', async (train, val) => {
  const sky = [{ id: 95, name: 'sky' }];
  const files: Files = {
    [`${train}/a.png`]: photo(1),
    [`${val}/b.png`]: photo(2),
    'annotations/instances_train2017.json': coco('a.png', [{ category_id: 3, segmentation: [LEAF] }]),
    'annotations/instances_val2017.json': coco('b.png', [{ category_id: 3, segmentation: [LEAF] }]),
    'annotations/stuff_train2017.json': coco('a.png', [{ category_id: 95, segmentation: [LEAF] }], sky),
  };
  const refusal = await openDataset(memorySource(files)).catch((error: Error) => error.message);
  expect(refusal).toMatch(/such as drawn\/annotations\/instances_train2017\.json\.$/);
  const source = subfolder(memorySource(files), 'annotations');
  const dataset = await openDataset(source, { entry: 'instances_train2017.json' });
  expect(dataset.splits.flatMap((split) => dataset.samples(split).map(({ image }) => [split, image]))).toEqual([
    ['train', `../${train}/a.png`],
    ['val', `../${val}/b.png`],
  ]);
});

test("files of COCO's that have no outlines are passed over, and said to be", async () => {
  const own = Object.entries(FIXTURES).find(([title]) => title.startsWith("COCO's own folder"));
  const { notes } = await openDataset(memorySource((own as [string, AnnotatedFixture])[1].files));
  expect(notes).toEqual([
    'annotations/captions_train2017.json has no categories, so it is passed over.',
    'annotations/captions_val2017.json has no categories, so it is passed over.',
    'annotations/image_info_test2017.json has no annotations, so it is passed over.',
    'annotations/person_keypoints_val2017.json has keypoints and boxes only: none of its 1 annotations has a segmentation, so it is passed over.',
  ]);
});

describe.each(Object.entries(FIXTURES))('classes that are given for %s', (_, fixture) => {
  const given = (...names: string[]) => openDataset(memorySource(fixture.files), { classes: classesNamed(names) });

  test('are those of the same names, in any order', async () => {
    const dataset = await given(...(fixture.ignoresRest ? [] : ['_background_']), 'stone', 'leaf');
    const expected = expectedIn('a', fixture).map((name) => (name === 'background' ? '_background_' : name));
    expect(await namesIn(dataset, 'train')).toEqual(expected);
    const { problems } = await verifyDataset(dataset, { decodeImage });
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('are refused where the labels have other names', async () => {
    const names = fixture.ignoresRest ? ['leaf', 'moss'] : ['background', 'leaf', 'moss'];
    await expect(given(...names)).rejects.toThrow(
      `drawn: the labels have no class of some names that were given (${names.join(', ')}); they have ${(fixture.classes ?? ['background', 'leaf', 'stone']).join(', ')}. Give these names, in any order, or rename the classes in the labels.`,
    );
  });
});

describe('images without shapes', () => {
  const files: Files = {
    'images/a.png': photo(1),
    'images/b.png': photo(2),
    'images/c.png': photo(3),
    'images/d.png': photo(4),
    'a.json': labelme('images/a.png', [
      {
        label: 'leaf',
        points: [
          [1, 1],
          [30, 2],
          [4, 30],
        ],
      },
    ]),
    'b.json': labelme('images/b.png', []),
    'c.json': labelme('images/c.png', []),
  };
  const opened = async (unlabeled?: 'background' | 'skip') => {
    const dataset = await openDataset(memorySource(files), unlabeled === undefined ? {} : { unlabeled });
    const { problems } = await verifyDataset(dataset, { decodeImage });
    const warned = problems.filter(({ code }) => ['unlabeled', 'missing-mask'].includes(code));
    return {
      names: dataset.samples('train').map(({ name }) => name),
      warned: warned.flatMap(({ code, items }) => items.map(({ subject }) => `${code} ${subject}`)),
      notes: dataset.notes,
    };
  };

  test('are background with a warning where they are listed, and left out where no file knows them', async () => {
    expect(await opened()).toMatchObject({
      names: ['a', 'b', 'c'],
      warned: ['missing-mask images/d.png', 'unlabeled images/b.png', 'unlabeled images/c.png'],
    });
  });

  test('are background or left out without a warning where that is asked for', async () => {
    expect(await opened('background')).toMatchObject({ names: ['a', 'b', 'c', 'd'], warned: [] });
    expect(await opened('skip')).toMatchObject({
      names: ['a'],
      warned: [],
      notes: expect.arrayContaining(['3 images without shapes are left out.']),
    });
  });

  test("are those with an empty text, too, where labels are YOLO's", async () => {
    const yolo: Files = {
      'data.yaml': 'train: images/train\nval: images/val\nnames: [leaf]\n',
      'images/train/a.png': photo(1),
      'images/train/b.png': photo(2),
      'images/val/c.png': photo(3),
      'labels/train/a.txt': yoloLine(0, LEAF),
      'labels/train/b.txt': ' \n',
      'labels/val/c.txt': yoloLine(0, LEAF),
    };
    const { problems } = await verifyDataset(await openDataset(memorySource(yolo)), { decodeImage });
    expect(problems.find(({ code }) => code === 'unlabeled')?.items.map(({ subject }) => subject)).toEqual([
      'images/train/b.png',
    ]);
    const skipped = await openDataset(memorySource(yolo), { unlabeled: 'skip' });
    expect(skipped.samples('train').map(({ name }) => name)).toEqual(['a']);
  });

  test('cannot be asked for where masks are images', async () => {
    const masks = { 'images/a.png': photo(1), 'masks/a.png': mask([0, 1]) };
    await expect(openDataset(memorySource(masks), { unlabeled: 'skip' })).rejects.toThrow(
      '--unlabeled is for images on which shapes are drawn; here every image has a mask that is an image.',
    );
  });
});

test("a line of YOLO's that goes from one contour to the next and back has the pixels of both", async () => {
  const parts = [
    [2, 2, 6, 5],
    [20, 18, 7, 9],
  ] as const;
  // From the corner of the one that is nearest to the other.
  const merged = [8, 7, 2, 7, 2, 2, 8, 2, 8, 7, ...corners(parts[1]), 20, 18];
  const files: Files = {
    'images/train/a.png': photo(1),
    'images/val/b.png': photo(2),
    'data.yaml': 'train: images/train\nval: images/val\nnames: [leaf]\n',
    'labels/train/a.txt': yoloLine(0, merged),
    'labels/val/b.txt': yoloLine(0, corners(parts[1])),
  };
  const inside = parts.map(boxMask);
  const expected = Array.from(inside[0] ?? [], (value, pixel) => (value || inside[1]?.[pixel] ? 'leaf' : 'background'));
  expect(await namesIn(await openDataset(memorySource(files)), 'train')).toEqual(expected);
  expect(await told(files)).toEqual([]);
});

describe("a data.yaml of Roboflow's, whose places begin with ../", () => {
  const { files } = FIXTURES[
    "Roboflow's texts, of folders that its data.yaml says lie beside its own"
  ] as AnnotatedFixture;
  const yaml = String(files['data.yaml']);

  test.each<{ readonly title: string; readonly changed: Files; readonly entry?: string }>([
    { title: 'is read where it is named', changed: {}, entry: 'data.yaml' },
    {
      title: 'is read where it is of another machine',
      changed: { 'data.yaml': `path: /content/datasets/garden\n${yaml}` },
    },
    {
      title: 'may lie in a folder of its own',
      changed: { 'data.yaml': '', 'config/data.yaml': yaml },
      entry: 'config/data.yaml',
    },
    { title: 'is read where masks are images', changed: { 'data.yaml': `masks_dir: masks\n${yaml}` } },
  ])('$title', async ({ changed, entry }) => {
    const masks = { 'train/masks/a.png': mask([0, 1]), 'valid/masks/b.png': mask([1, 0]) };
    const isMasks = String(changed['data.yaml']).startsWith('masks_dir');
    const source = memorySource({ ...files, ...changed, ...(isMasks && masks) });
    const dataset = await openDataset(source, entry === undefined ? {} : { entry });
    expect(dataset.format).toBe(isMasks ? 'ultralytics' : 'yolo');
    expect(dataset.splits.map((split) => [split, dataset.samples(split).length])).toEqual([
      ['train', 1],
      ['val', 1],
    ]);
    expect(dataset.notes.at(-1)).toBe('test: ../test/images has no images, so there is no such split.');
  });
});

test.each(['job', 'project'])("CVAT's labels of a %s are read as those of a task", async (kind) => {
  const [fixture] = Object.values(FIXTURES).filter(({ format }) => format === 'cvat');
  const { files } = fixture as AnnotatedFixture;
  const xml = String(files['annotations.xml']).replace(/<(\/?)task>/g, `<$1${kind}>`);
  const dataset = await openDataset(memorySource({ ...files, 'annotations.xml': xml }));
  expect(dataset.classes.map(({ name }) => name)).toEqual(['background', 'leaf', 'stone']);
  expect(await namesIn(dataset, 'train')).toEqual(EXPECTED.a);
});

test('a file that is cut off is named, whatever its format', async () => {
  for (const { files } of Object.values(FIXTURES)) {
    const labels = Object.keys(files).filter((path) => /\.(json|xml|csv)$/.test(path) && !path.includes('meta.json'));
    for (const path of labels.slice(0, 1)) {
      const whole = bytesOf(files[path] as string);
      const cut = { ...files, [path]: whole.subarray(0, Math.floor(whole.length * 0.7)) };
      const opening = openDataset(memorySource(cut)).then((dataset) => checkForTraining(dataset, { decodeImage }));
      await expect(opening).rejects.toThrow(path);
    }
  }
});
