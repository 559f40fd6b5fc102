/** The command line is bundled: much of a short run would be spent on finding hundreds of modules. */
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('../../dist/command/', import.meta.url));

const textOf = (name: string): string => readFileSync(FOLDER + name, 'utf8');

const IMPORT = /(?:from|import\(?)\s*(["'`])([^"'`\n]+)\1/g;

/** What is read with it. */
const IMPORTED = /(?:^|[;}])(?:import|export)[^;()]*?["'`]\.\/([^"'`]+)["'`]/g;

/** Files that are imported at once or later. */
const NAMED = /(?:from|import\(?)\s*["'`]\.\/([^"'`\n]+)["'`]/g;

/** The files that are read for a file, by `pattern` in what imports them. */
function filesFor(name: string, pattern = IMPORTED, found = new Set<string>()): ReadonlySet<string> {
  if (!found.has(name)) {
    found.add(name);
    for (const [, path] of textOf(name).matchAll(pattern)) filesFor(path as string, pattern, found);
  }
  return found;
}

/** All that it is made of; files of former builds lie beside them for a while. */
const FILES = [...filesFor('main.js', NAMED, new Set(filesFor('image-decoders.js', NAMED)))];

test('what it is made of lies beside it, packages in many files too', () => {
  const packages = new Set<string>();
  for (const name of FILES) {
    for (const [, , source] of textOf(name).matchAll(IMPORT)) {
      const path = source as string;
      if (path.startsWith('./')) expect(FILES, `${name} imports ${path}`).toContain(path.slice(2));
      else if (!path.startsWith('node:')) packages.add(path);
    }
  }
  expect(packages).toContain('onnxruntime-node');
  // sharp is asked for as CommonJS, by the pictures alone.
  expect(packages).not.toContain('sharp');
  expect(FILES.filter((name) => /createRequire\(import\.meta\.url\)\([`"']sharp[`"']\)/.test(textOf(name)))).toEqual([
    expect.stringMatching(/^pictures-/),
  ]);
  for (const bundled of ['zod', 'zod/mini', '@bufbuild/protobuf', 'fast-png', 'commander', 'cli-progress'])
    expect(packages).not.toContain(bundled);
});

/** What their names begin with. */
const kindsOf = (files: ReadonlySet<string>): string[] =>
  [...files].map((file) => file.replace(/(-.{8})?\.js$/, '')).sort();

test('little is read before a command is known, and no image reader before there is an image', () => {
  const start = filesFor('main.js');
  expect(kindsOf(start)).toEqual(['main', 'rolldown-runtime', 'start']);
  const text = [...start].map(textOf).join('\n');
  const [, predict] = /import\([`'"]\.\/([^`'"]+)[`'"]\)[^)]*\)\)\.registerPredict/.exec(text) ?? [];
  expect(kindsOf(filesFor(predict as string))).toEqual(['options', 'rolldown-runtime', 'start']);
  const later = new Set(
    [...textOf(predict as string).matchAll(/import\(["'`]\.\/([^"'`]+)/g)].map(([, path]) => path as string),
  );
  expect(kindsOf(later)).toEqual(expect.arrayContaining(['work', 'pictures']));
});

test('modules that look for what lies beside them find it where it was before', () => {
  const asked = FILES.flatMap((name) => [
    ...textOf(name).matchAll(/new URL\(["'`](\.\.\/[^"'`]+)["'`],\s*import\.meta\.url\)/g),
  ]).map(([, path]) => path as string);
  expect(asked).toContain('../platform/node/package.js');
  for (const path of asked) expect(() => readFileSync(new URL(path, pathToFileURL(FOLDER))), path).not.toThrow();
  const whole = FILES.map(textOf).join('\n');
  expect(whole.match(/(?<!,\s*|createRequire\()import\.meta\.url/g)).toBeNull();
});

test('the packages in it are named with their licenses', () => {
  const notices = readFileSync(`${FOLDER}LICENSES.txt`, 'utf8');
  for (const name of ['zod', '@bufbuild/protobuf', 'fast-png']) expect(notices).toContain(name);
});
