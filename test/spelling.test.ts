/** American spelling in code, messages and documents: one form of each word, so that a search finds all of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** Verbs whose British form ends in -ise. Others (rise, precise, exercise) end so everywhere. */
const IZED = [
  ...[
    'author',
    'binar',
    'categor',
    'central',
    'character',
    'custom',
    'discret',
    'equal',
    'final',
    'general',
    'initial',
  ],
  ...[
    'linear',
    'local',
    'maxim',
    'memor',
    'minim',
    'neutral',
    'normal',
    'optim',
    'organ',
    'parallel',
    'penal',
    'priorit',
  ],
  ...['quant', 'random', 'raster', 'real', 'recogn', 'regular', 'serial', 'special', 'stabil', 'standard', 'summar'],
  ...['symbol', 'synchron', 'token', 'util', 'vector', 'visual'],
];

/** British forms, each for words that begin with it or with a usual prefix before it. */
const BRITISH = new RegExp(
  `^(?:un|re|de|dis|mis)?(?:${[
    'colour|grey(?!scale)|centre|centring|neighbour|behaviour|favour|honour|flavour|labour|artefact|licence|analyse(?!s$)',
    '(?:kilo|centi|milli)?metres?$|labell|modell|signall|travell|misspelt|judgement|learnt|kerb|programme$|catalogue|fibre|tyre',
    `(?:${IZED.join('|')})is(?:e|ed|es|ing|er|ers|ation|ations|able)$`,
  ].join('|')})`,
);

/** What others have named, by file: their words are theirs. */
const QUOTED: Readonly<Record<string, readonly string[]>> = {
  // Tables of classes that people have may say it so.
  'src/labels/color-table.ts': ['unlabell'],
  'src/labels/palette.ts': ['unlabell'],
  'src/labels/palette.test.ts': ['unlabelled'],
  'src/data/formats/color-encoding.test.ts': ['Unlabelled'],
  // An attribute of SVG.
  'docs/images/network.svg': ['labelledby'],
  // What may have been typed once.
  'src/cli/commands/import/options.ts': ['reinitialise'],
  'src/cli/dataset-options.ts': ['unlabelled'],
  'src/cli/commands/dataset/command.test.ts': ['unlabelled'],
  'src/cli/commands/val/options.ts': ['unlabelled'],
  'src/cli/commands/import/options.test.ts': ['reinitialise'],
};

/** The words of a text, and the parts of its names: `isGray` has two. */
const wordsOf = (text: string): readonly string[] =>
  text.replace(/\\[nt]/g, ' ').match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];

/** British words of a file, but for those that are quoted. */
function british(path: string, text: string): readonly string[] {
  const found = wordsOf(text).filter((word) => BRITISH.test(word.toLowerCase()));
  return [...new Set(found)].filter((word) => !QUOTED[path]?.includes(word)).map((word) => `${path}: ${word}`);
}

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PLACES = [
  'src',
  'docs',
  'bench',
  'examples',
  'recipes',
  'models',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
];

function texts(): ReadonlyMap<string, string> {
  const paths = PLACES.flatMap((place) =>
    place.endsWith('.md')
      ? [place]
      : readdirSync(posix.join(ROOT, place), { recursive: true, encoding: 'utf8' }).map((path) =>
          posix.join(place, path.replaceAll('\\', '/')),
        ),
  ).filter((path) => /\.(ts|js|md|svg|py)$/.test(path) && path !== 'src/drawing/font.ts');
  return new Map(paths.sort().map((path) => [path, readFileSync(posix.join(ROOT, path), 'utf8')]));
}

describe('words in src and in documents', () => {
  const files = texts();

  test('are spelled as in America', () => {
    expect([...files].flatMap(([path, text]) => british(path, text))).toEqual([]);
  });

  test('are found, and what is quoted is still there', () => {
    expect(files.size).toBeGreaterThan(400);
    for (const [path, words] of Object.entries(QUOTED)) {
      for (const word of words) expect(wordsOf(files.get(path) ?? ''), path).toContain(word);
    }
  });
});

describe('the checker', () => {
  test.each([
    'the colour of it',
    'const greyMask = 1;',
    'isUnlabelled',
    'REINITIALISED_PARTS',
    'optimiser',
    'two neighbours',
    'a licence',
    '3 metres',
    'Recognises',
    "'\\ncentre'",
    'centred',
    'dequantised',
  ])('finds it in %s', (text) => {
    expect(british('x.ts', text)).toHaveLength(1);
  });

  test.each(['rises, otherwise, precisely', 'parameters', 'colors', 'analyses', 'greyscale', 'toColorspace', 'noise'])(
    'lets pass %s',
    (text) => {
      expect(british('x.ts', text)).toEqual([]);
    },
  );
});
