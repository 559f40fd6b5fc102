import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extensionOf, joinPaths, withoutExtension } from './file-source.ts';
import { pairByStem } from './pairing.ts';

const pairs = (images: string[], masks: string[]) =>
  pairByStem(images, masks, 'i', 'm').samples.map(({ name, mask }) => `${name} ${mask}`);

test.each([
  ['i/a.jpg', 'm/a.png'],
  ['i/a.jpg', 'm/a_mask.png'],
  ['i/a.jpg', 'm/a_L.png'],
  ['i/a_leftImg8bit.png', 'm/a_gtFine_labelIds.png'],
  ['i/deep/a.b.jpg', 'm/deep/a.b.png'],
])('%s and %s belong together', (image, mask) => {
  expect(pairByStem([image], [mask], 'i', 'm')).toMatchObject({ samples: [{ image, mask }], faults: [] });
});

test('a mask of the very name is preferred to one with a suffix, which is then left over', () => {
  const { samples, faults } = pairByStem(['i/a.jpg'], ['m/a.png', 'm/a_mask.png'], 'i', 'm');
  expect(samples).toEqual([{ name: 'a', image: 'i/a.jpg', mask: 'm/a.png' }]);
  expect(faults).toEqual([{ kind: 'missing-image', path: 'm/a_mask.png' }]);
});

test('an image whose own name ends like a mask keeps its mask', () => {
  expect(pairs(['i/a.jpg', 'i/a_L.jpg'], ['m/a.png', 'm/a_L.png'])).toEqual(['a m/a.png', 'a_L m/a_L.png']);
});

describe('names that differ only in their Unicode form', () => {
  const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];

  test.each([
    [`i/${decomposed}.jpg`, `m/${composed}.png`, composed],
    [`i/${composed}.jpg`, `m/${decomposed}_mask.png`, composed],
    [`i/${decomposed}/a.jpg`, `m/${composed}/a.png`, `${composed}/a`],
  ])('%j and %j are a pair, opened by the names that the disk has', (image, mask, name) => {
    expect(pairByStem([image], [mask], 'i', 'm')).toEqual({ samples: [{ name, image, mask }], faults: [] });
  });

  test('are taken apart from a root in the other form', () => {
    const [image, mask] = [`${decomposed}/a.jpg`, 'm/a.png'];
    expect(pairByStem([image], [mask], composed, 'm').samples).toEqual([{ name: 'a', image, mask }]);
  });

  test('are a name twice in one folder, and why is said', () => {
    const { faults } = pairByStem([`i/${decomposed}.jpg`, `i/${composed}.jpg`], [], 'i', 'm');
    expect(faults[0]).toEqual({
      kind: 'ambiguous-name',
      path: `i/${composed}.jpg`,
      detail: `has the same name as i/${decomposed}.jpg (letters with accents are the same in either Unicode form)`,
    });
  });
});

test('every image is in a pair or in a fault, once', () => {
  const stem = fc.constantFrom('a', 'b', 'a_mask', 'b_L', 'c/a', 'd');
  const file = (root: string) =>
    fc.tuple(stem, fc.constantFrom('.png', '.jpg', '.bmp')).map(([name, end]) => `${root}/${name}${end}`);
  fc.assert(
    fc.property(fc.uniqueArray(file('i')), fc.uniqueArray(file('m')), (images, masks) => {
      const { samples, faults } = pairByStem(images, masks, 'i', 'm');
      const used = [...samples.flatMap(({ image, mask }) => [image, mask]), ...faults.map(({ path }) => path)];
      const twice = faults.filter(({ kind }) => kind === 'ambiguous-name').length;
      expect(new Set(samples.map(({ mask }) => mask)).size).toBe(samples.length);
      expect(used.length).toBeGreaterThanOrEqual(images.length + masks.length - twice);
      expect(new Set([...images, ...masks]).size).toBeGreaterThanOrEqual(new Set(used).size);
    }),
  );
});

test('paths are joined and taken apart', () => {
  expect(joinPaths('a/b', '../c/./d')).toBe('a/c/d');
  expect(joinPaths('', '../c')).toBe('../c');
  expect(joinPaths('a', '/abs/x')).toBe('/abs/x');
  expect(joinPaths('a', 'C:\\data')).toBe('C:/data');
  expect(withoutExtension('a.b/c')).toBe('a.b/c');
  expect(withoutExtension('a/.hidden')).toBe('a/.hidden');
  expect(extensionOf('a/b.PNG')).toBe('.png');
});
