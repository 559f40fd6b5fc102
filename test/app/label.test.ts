/** What the view Label does without a page: pixels of its tools, steps taken back, and the files that it saves. */
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  countLabeled,
  dataYaml,
  datasetFiles,
  IGNORED,
  plainNames,
  savable,
  type Split,
  splitsOf,
} from '../../app/src/label/dataset.ts';
import { type Change, gained, History, Stroke } from '../../app/src/label/history.ts';
import { brushAlong, floodFill, growAlong } from '../../app/src/label/shapes.ts';
import { type Spans, stencilSpans } from '../../app/src/label/spans.ts';
import { fillPolygon } from '../../src/image/fill-polygon.ts';
import { decodeLabelPng } from '../../src/image/png.ts';

const EXTENT = { width: 7, height: 5 };

/** The places of spans, in order. */
const placesOf = (spans: Spans): number[] =>
  spans
    .flatMap((begin, at) =>
      at % 2 === 0 ? Array.from({ length: (spans[at + 1] as number) - begin }, (_, on) => begin + on) : [],
    )
    .sort((a, b) => a - b);

/** A span of every one. */
const spansAt = (places: readonly number[]): Spans => places.flatMap((place) => [place, place + 1]);

/** Pixels as rows of dots and marks. */
const drawn = (spans: Spans, { width, height } = EXTENT, places = placesOf(spans)): string[] =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (places.includes(y * width + x) ? '#' : '.')).join(''),
  );

describe('the brush', () => {
  test('of one pixel paints that pixel, and lines without a gap', () => {
    expect(drawn(brushAlong({ x: 2, y: 1 }, { x: 2, y: 1 }, 1, EXTENT))[1]).toBe('..#....');
    expect(drawn(brushAlong({ x: 1, y: 3 }, { x: 5, y: 3 }, 1, EXTENT))).toEqual([
      '.......',
      '.......',
      '.......',
      '.#####.',
      '.......',
    ]);
  });

  test('is round, and is cut off at the border of the picture', () => {
    expect(drawn(brushAlong({ x: 3, y: 2 }, { x: 3, y: 2 }, 4, EXTENT))).toEqual([
      '...#...',
      '..###..',
      '.#####.',
      '..###..',
      '...#...',
    ]);
    expect(drawn(brushAlong({ x: -1, y: 0 }, { x: -1, y: 0 }, 2, EXTENT))[0]).toBe('#......');
  });
});

describe('the fill', () => {
  const rows = ['0011222', '0111202', '0011222', '0100000', '0111111'];
  const labels = Uint8Array.from(rows.join(''), Number);

  test('takes what is labeled alike and connected by sides, not by corners', () => {
    expect(drawn(floodFill(labels, EXTENT, 1 * 7 + 5))).toEqual([
      '.......',
      '.....#.',
      '.......',
      '.......',
      '.......',
    ]);
    expect(drawn(floodFill(labels, EXTENT, 0))).toEqual(['##.....', '#......', '##.....', '#......', '#......']);
  });
});

describe('the magic wand', () => {
  // Two classes; the middle of the picture is certain of the second.
  const second = [0.1, 0.1, 0.7, 0.9, 0.8, 0.1, 0.9];
  const probabilities = [...second.map((share) => 1 - share), ...second];
  const row = { width: 7, height: 1 };

  test('grows over pixels of like probabilities, and not beyond a gap', () => {
    expect(placesOf(growAlong(probabilities, 2, row, 3, 0.9))).toEqual([3, 4]);
    expect(placesOf(growAlong(probabilities, 2, row, 3, 0.75))).toEqual([2, 3, 4]);
    expect(placesOf(growAlong(probabilities, 2, row, 3, 1))).toEqual([3]);
    expect(placesOf(growAlong(probabilities, 2, row, 3, 0))).toHaveLength(7);
  });
});

test('a polygon is filled where its corners say', () => {
  const spans = stencilSpans(fillPolygon([1, 1, 5, 1, 5, 4, 1, 4], 7, 5), EXTENT);
  expect(drawn(spans)).toEqual(['.......', '.####..', '.####..', '.####..', '.......']);
});

describe('steps', () => {
  test('are taken back and done again, whatever was painted', () => {
    const strokes = fc.array(
      fc.array(fc.record({ places: fc.array(fc.nat(34)), id: fc.constantFrom(0, 1, 2, IGNORED) }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(strokes, (steps) => {
        const labels = new Uint8Array(35).fill(IGNORED);
        const history = new History();
        const states = [labels.slice()];
        for (const parts of steps) {
          const stroke = new Stroke(labels, EXTENT);
          for (const { places, id } of parts) stroke.paint(spansAt(places), id);
          const change = stroke.end();
          if (!change) continue;
          history.add(change);
          states.push(labels.slice());
        }
        for (const state of states.slice(0, -1).reverse()) {
          history.undo(labels);
          expect(labels).toEqual(state);
        }
        expect(history.canUndo).toBe(false);
        for (const state of states.slice(1)) {
          history.redo(labels);
          expect(labels).toEqual(state);
        }
        expect(history.canRedo).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test('that were taken back are forgotten once something else is painted', () => {
    const labels = new Uint8Array(4);
    const history = new History();
    const step = (id: number): void => {
      const stroke = new Stroke(labels, { width: 4, height: 1 });
      stroke.paint(spansAt([0]), id);
      history.add(stroke.end() as NonNullable<ReturnType<Stroke['end']>>);
    };
    step(1);
    history.undo(labels);
    step(2);
    expect(history.redo(labels)).toBeUndefined();
    expect(labels[0]).toBe(2);
  });

  test('that change nothing are none', () => {
    const stroke = new Stroke(new Uint8Array(4), { width: 4, height: 1 });
    stroke.paint(spansAt([1, 2]), 3);
    stroke.paint(spansAt([1, 2]), 0);
    expect(stroke.end()).toBeUndefined();
  });

  test('leave the labels as they were where they are called off', () => {
    const labels = Uint8Array.of(1, 2, 3, IGNORED);
    const stroke = new Stroke(labels, { width: 2, height: 2 });
    stroke.paint(spansAt([3]), 0);
    expect(stroke.cancel()).toEqual({ left: 1, top: 1, right: 2, bottom: 2 });
    expect([...labels]).toEqual([1, 2, 3, IGNORED]);
  });

  test('are taken back in the ids that classes have now', () => {
    const labels = Uint8Array.of(0, 1, 2, IGNORED);
    const stroke = new Stroke(labels, { width: 2, height: 2 });
    stroke.paint(spansAt([2, 3]), 1);
    const history = new History();
    history.add(stroke.end() as Change);
    // The first class is gone.
    const table = Uint8Array.from({ length: 256 }, (_, id) => (id === 0 || id === IGNORED ? IGNORED : id - 1));
    const [now, later] = [labels.map((id) => table[id] as number), history.renamed(table)];
    later.undo(now);
    expect([...now]).toEqual([IGNORED, 0, 1, IGNORED]);
    later.redo(now);
    expect([...now]).toEqual([IGNORED, 0, 0, 0]);
  });

  test('say how many pixels are labeled more', () => {
    const labels = Uint8Array.of(IGNORED, IGNORED, 2, 3);
    const stroke = new Stroke(labels, { width: 4, height: 1 });
    stroke.paint(spansAt([0, 1, 2]), 1);
    stroke.paint(spansAt([3]), IGNORED);
    expect(gained(stroke.end() as Change, IGNORED)).toBe(1);
    expect(countLabeled(labels)).toBe(3);
  });
});

describe('the saved data set', () => {
  const classes = [
    { name: 'background', color: [0, 0, 0] },
    { name: 'a "car"', color: [200, 10, 10] },
  ] as const;
  const photo = (name: string, type = 'image/png') => ({
    name,
    file: new Blob([name], { type }),
    width: 2,
    height: 1,
    labels: Uint8Array.of(1, IGNORED),
  });
  const text = (bytes?: Uint8Array): string => new TextDecoder().decode(bytes);

  test('has images as they are, masks of class ids, and holds one out', async () => {
    const { photos } = await savable(
      [photo('a/one.png'), photo('two.gif', 'image/gif')],
      async () => new Blob(['png']),
    );
    const files = await datasetFiles(photos, classes);
    expect([...files.keys()]).toEqual([
      'images/train/one.png',
      'masks/train/one.png',
      'images/val/two.png',
      'masks/val/two.png',
      'data.yaml',
    ]);
    expect(text(files.get('images/train/one.png'))).toBe('a/one.png');
    expect(text(files.get('images/val/two.png'))).toBe('png');
    expect([...decodeLabelPng(files.get('masks/train/one.png') as Uint8Array).data]).toEqual([1, IGNORED]);
  });

  test('leaves out what cannot be decoded or read, or is empty, and names it', async () => {
    const gone = Object.assign(new Blob(['x'], { type: 'image/png' }), {
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('It was moved.', 'NotReadableError')) }),
    });
    const photos = [
      photo('one.png'),
      photo('odd.gif', 'image/gif'),
      { ...photo('none.png'), file: new Blob([], { type: 'image/png' }) },
      { ...photo('gone.png'), file: gone as unknown as Blob },
    ];
    const kept = await savable(photos, () => Promise.reject(new Error('The source image could not be decoded.')));
    expect(kept.photos.map(({ name }) => name)).toEqual(['one.png']);
    expect(kept.leftOut).toEqual(['odd.gif', 'none.png', 'gone.png']);
  });

  test('leaves what was opened where it lies, in its split, and gives its name to nothing else', async () => {
    const opened = (path: string, split: 'train' | 'val' | 'test') => ({ ...photo(path), origin: { path, split } });
    const photos = [
      opened('day/One (1).jpeg', 'val'),
      photo('new.png'),
      opened('new.jpg', 'train'),
      opened('x.png', 'test'),
    ];
    const files = await datasetFiles(photos, classes);
    expect([...files.keys()]).toEqual([
      'images/val/day/One (1).jpeg',
      'masks/val/day/One (1).png',
      'images/train/new-2.png',
      'masks/train/new-2.png',
      'images/train/new.jpg',
      'masks/train/new.png',
      'images/test/x.png',
      'masks/test/x.png',
      'data.yaml',
    ]);
    expect(text(files.get('data.yaml'))).toContain('train: images/train\nval: images/val\ntest: images/test\n');
  });

  test('leaves what was saved where it lies, and counts the others on from there', () => {
    const splits = (...placed: readonly (Split | undefined)[]): readonly Split[] =>
      splitsOf(placed.map((split) => ({ origin: split && { split, path: 'x.png' } })));
    expect(splits('train', 'train', 'val', undefined)).toEqual(['train', 'train', 'val', 'train']);
    expect(splits('train', undefined)).toEqual(['train', 'val']);
    expect(splits(undefined, 'train', 'train', 'val', 'train', undefined)).toEqual([
      'val',
      ...['train', 'train', 'val', 'train', 'train'],
    ]);
    expect(splits('test', undefined)).toEqual(['test', 'train']);
    const learned = (count: number): Split[] => Array.from({ length: count }, () => 'train');
    expect(splits(...learned(10), ...Array.from({ length: 4 }, () => undefined))).toEqual([...learned(13), 'val']);
    expect(splits(...learned(5), undefined, 'train', undefined)).toEqual([...learned(7), 'val']);
    expect(splits(...learned(2))).toEqual(learned(2));
  });

  test('decodes again what only browsers read, although it was saved before', async () => {
    const saved = { ...photo('two.gif', 'image/gif'), origin: { split: 'train', path: 'two.png' } as const };
    const { photos } = await savable([saved], async () => new Blob(['png']));
    expect(text((await datasetFiles(photos, classes)).get('images/train/two.png'))).toBe('png');
  });

  test('names its classes in YAML that is safe for every name', () => {
    expect(dataYaml(['train'], classes)).toBe(
      'path: .\ntrain: images/train\nmasks_dir: masks\nnames:\n  0: "background"\n  1: "a \\"car\\""\n',
    );
  });

  test('holds out every fifth picture, the last of a few, and none of one', () => {
    const heldOut = (count: number): number[] =>
      splitsOf(Array.from({ length: count }, () => ({}))).flatMap((split, index) => (split === 'val' ? index : []));
    expect([1, 2, 4, 5, 11].map(heldOut)).toEqual([[], [1], [3], [4], [4, 9]]);
  });

  test('gives every picture a name of its own that every system takes', () => {
    expect(plainNames(['a/道路 1.jpg', 'b/道路 1.png', '???.png', 'c:d.png'])).toEqual([
      '道路-1',
      '道路-1-2',
      'picture',
      'c-d',
    ]);
  });
});
