import { describe, expect, test } from 'vitest';
import { colorEncoding, colorKey, parseClassNames, parseColorTable } from './class-table.ts';
import { ADE20K_CLASSES } from './classes/ade20k.ts';
import { CAMVID_11_OF_32, CAMVID_32 } from './classes/camvid.ts';
import { COCO_STUFF_CLASSES, COCO_STUFF_MISSING_IDS } from './classes/coco-stuff.ts';

describe('a table of classes by colour', () => {
  test('is read with or without titles, names first or colours first', () => {
    const expected = [
      { name: 'bare ground', color: [0, 0, 0] },
      { name: 'water', color: [1, 20, 255] },
    ];
    expect(parseColorTable('name,r,g,b\nbare ground,0,0,0\nwater, 1, 20, 255\n', 'x.csv')).toEqual(expected);
    expect(parseColorTable('"bare ground",0,0,0\r\nwater;1;20;255', 'x.csv')).toEqual(expected);
    expect(parseColorTable('0 0 0\tbare ground\n1 20 255\t\twater', 'x.txt')).toEqual(expected);
  });

  test('names every line that does not fit', () => {
    const text = 'name,r,g,b\na,0,0,0\nb,0,0,256\nc,0,0\nd,0,0,0\n';
    expect(() => parseColorTable(text, 'x.csv')).toThrow(
      'x.csv: the table of classes does not fit: line 3: b has the colour (0,0,256); line 4: "c,0,0" is no name with three numbers; line 5: d has the colour of a.',
    );
    expect(() => parseColorTable('name,r,g,b\n', 'x.csv')).toThrow('it names no classes');
  });

  test('leaves out what is called void or unlabelled, and keeps background', () => {
    const table = parseColorTable('Void,0,0,0\nbackground,1,1,1\ncat,2,2,2\nUnlabelled,3,3,3', 'x.csv');
    const { classes, encoding, ignored } = colorEncoding(table);
    expect(classes.map(({ name }) => name)).toEqual(['background', 'cat']);
    expect(ignored).toEqual(['Void', 'Unlabelled']);
    if (encoding.kind !== 'colors') throw new Error('colours were expected');
    expect(
      (
        [
          [0, 0, 0],
          [1, 1, 1],
          [2, 2, 2],
          [3, 3, 3],
        ] as const
      ).map((color) => encoding.classes.get(colorKey(color))),
    ).toEqual([255, 0, 1, 255]);
  });
});

test('class names may have their ids in front, which must count', () => {
  expect(parseClassNames(['sky', 'sea 2'], 'x')).toEqual(['sky', 'sea 2']);
  expect(parseClassNames(['0: sky', '1: sea'], 'x')).toEqual(['sky', 'sea']);
  expect(() => parseClassNames(['1 sky', '2 sea'], 'x')).toThrow('x: the ids before the names do not count 0, 1, 2');
  expect(() => parseClassNames([], 'x')).toThrow('x: it names 0 classes.');
});

test('the known lists of classes have the published lengths', () => {
  expect(new Set(ADE20K_CLASSES).size).toBe(150);
  expect(ADE20K_CLASSES.slice(-2)).toEqual(['clock', 'flag']);
  expect(new Set(COCO_STUFF_CLASSES).size).toBe(171);
  expect([COCO_STUFF_CLASSES[79], COCO_STUFF_CLASSES[80], COCO_STUFF_CLASSES[170]]).toEqual([
    'toothbrush',
    'banner',
    'wood',
  ]);
  expect(COCO_STUFF_MISSING_IDS).toHaveLength(182 - 171);
  expect(new Set(CAMVID_32.map(({ color }) => color.join())).size).toBe(32);
  expect(Object.keys(CAMVID_11_OF_32).sort()).toEqual(CAMVID_32.map(({ name }) => name).sort());
  expect(new Set(Object.values(CAMVID_11_OF_32)).size).toBe(11 + 1);
});
