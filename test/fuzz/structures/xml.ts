/** XML whose elements and attributes do not go together, and what XML has beside them. */
import fc from 'fast-check';
import { bytesOf } from './bytes.ts';

const VALUES = [
  ...[
    '',
    '0',
    '-1',
    '0.5',
    '1e9',
    '1e999',
    'NaN',
    '4294967296',
    '48',
    'x',
    '__proto__',
    'é',
    '&lt;',
    '&#0;',
    '&#x110000;',
  ],
  ...['&a;', '<', '1,2;3', '1,2;3,4', '1,2;3,4;1e9,-1e9', ';;;', ',', '5,-3', '1e9,1e9', '0,0,0', '9'.repeat(400)],
  Array.from({ length: 3000 }, () => '1,2').join(';'),
];
const NAMES = [
  'label',
  'points',
  'rle',
  'width',
  'height',
  'xtl',
  'left',
  'name',
  'z_order',
  'rx',
  '__proto__',
  'xmlns',
  'a:b',
];
const PARTS = [
  ...['<!-- -- -->', '<![CDATA[ ]]>', '<?x y?>', '<a', '</a>', '<a/>', '&', ']]>', '<!ELEMENT a (b)>', '\0', '<box/>'],
  '<mask label="leaf" rle="9" left="0" top="0" width="3" height="3" z_order="9"/>',
  '<ellipse label="stone" cx="9" cy="9" rx="1e9" ry="3" rotation="NaN"/>',
  '<skeleton label="leaf"><points label="leaf" points="1,2"/></skeleton>',
  '<image id="0" name="a.png" width="0" height="-1"/>',
  '<a>'.repeat(20_000),
];
const HEADS = [
  '<!DOCTYPE a [<!ENTITY a "b">]>',
  '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
  `<!DOCTYPE a [<!ENTITY a0 "a">${Array.from({ length: 20 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`).join('')}<!ENTITY a "&a20;">]>`,
  '<?xml version="1.1" encoding="utf-16"?>',
];

type Edit = (parts: string[]) => void;

const EDIT: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom(...VALUES)).map(
      ([place, value]): Edit =>
        (parts) =>
          onAttributes(parts, place, (tag, at) => tag.replace(/"[^"]*"/g, (old) => (at-- === 0 ? `"${value}"` : old))),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom('', ...NAMES)).map(
      ([place, name]): Edit =>
        (parts) =>
          onAttributes(parts, place, (tag, at) =>
            tag.replace(/ [\w:]+="/g, (old) => (at-- === 0 ? ` ${name}${name && '="'}` : old)),
          ),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom(0, 0, 2, 30)).map(
      ([place, times]): Edit =>
        (parts) => {
          const at = place % parts.length;
          parts.splice(at, 1, ...Array.from({ length: times }, () => parts[at] as string));
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom(...PARTS)).map(
      ([place, part]): Edit =>
        (parts) => {
          parts.splice(place % parts.length, 0, part);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...HEADS).map(
      (head): Edit =>
        (parts) =>
          void parts.splice(1, 0, head),
    ),
  },
);

/** Changes one attribute of all that the tags have, by its number in its tag. */
function onAttributes(parts: string[], place: number, change: (tag: string, at: number) => string): void {
  const all = parts.flatMap((part, index) =>
    Array.from({ length: part.startsWith('<') ? (part.match(/="/g)?.length ?? 0) : 0 }, (_, at) => ({ index, at })),
  );
  const one = all[place % Math.max(1, all.length)];
  if (one) parts[one.index] = change(parts[one.index] as string, one.at);
}

export const xmlStructures = (text: string): fc.Arbitrary<Uint8Array> =>
  fc.array(EDIT, { minLength: 1, maxLength: 4 }).map((edits) => {
    const parts = text.match(/<[^>]*>|[^<]+/g) as string[];
    for (const edit of edits) if (parts.length > 0) edit(parts);
    return bytesOf(parts.join(''));
  });
