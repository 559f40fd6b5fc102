import { expect, test } from 'vitest';
import { imageKindOf } from './image-kinds.ts';

/** The first box of an ISO media file: its major brand, and those that it is compatible with. */
const media = (...brands: readonly string[]): Uint8Array => {
  const [major, ...compatible] = brands;
  const text = `\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}`;
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
};

test.each([
  [['avif', 'mif1', 'miaf'], { supported: true, format: 'AVIF' }],
  [['mif1', 'avif'], { supported: true, format: 'AVIF' }],
  [
    ['avis', 'msf1', 'miaf'],
    { supported: false, what: 'an AVIF animation', advice: 'Extract its frames as JPEG or PNG' },
  ],
  [['heic', 'mif1'], { supported: false, what: 'a HEIC image' }],
  [['isom', 'mp42'], { supported: false, what: 'a video' }],
])('tells what is in an ISO media file of the brands %j', (brands, kind) => {
  expect(imageKindOf(media(...brands))).toMatchObject(kind);
});
