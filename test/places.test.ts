/** Where tests lie, as CONTRIBUTING.md says it: beside what they test, or in the folder of test/ for what they cross. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** How many folders of src/ a test in test/ itself imports from. */
const roomsOf = (text: string): number =>
  new Set([...text.matchAll(/'\.\.\/src\/([^'/]+)/g)].map(([, room]) => room)).size;

/** What each folder of test/ is for, and what the text of every test in it shows; test/ itself is ''. */
const FOLDERS: Readonly<Record<string, { readonly holds: string; readonly shows: { test(text: string): boolean } }>> = {
  '': {
    holds: 'documents, sources, and what several folders of src/ do together',
    shows: { test: (text) => /'node:fs|'esbuild'/.test(text) || roomsOf(text) > 1 },
  },
  app: { holds: 'the app in a real browser, and its texts', shows: /support\/app(-modules)?\.ts'|app\/src\// },
  browser: { holds: 'pages in a real browser', shows: /support\/browser\.ts'/ },
  cli: { holds: 'the built command line in a process of its own', shows: /run-cli\.ts'/ },
  fuzz: { holds: 'readers under inputs made to break them', shows: /readers\/index\.ts'/ },
  golden: {
    holds: 'numbers and names from PyTorch',
    shows: /fixtures\/golden\/|golden-file\.ts'|expect-logits\.ts'|formula\.ts'/,
  },
  gradient: { holds: 'the gradients of all operators', shows: /cases\.ts'/ },
  package: { holds: 'the package as it is published', shows: /packed\.ts'|package/ },
};

/** Folders of test/ that hold what tests need. */
const WITHOUT_TESTS = ['fixtures', 'support'];

const COMMAND_LINE = /run-cli\.ts'|bin\/refinenet\.js/;

/** Such a mock would hold for every file after it in the same process. */
const MOCKED_MODULE = /^\s*vi\.(mock|doMock|resetModules)\(/m;

const isTest = (path: string): boolean => path.endsWith('.test.ts');

/** The file that a test is of: `a/x.ts` for `a/x.test.ts` and for `a/x.slow.test.ts`. */
const subjectOf = (path: string): string => path.replace(/(\.slow)?\.test\.ts$/, '.ts');

/** What is wrong with where these files lie (path from the root -> text), one sentence each. */
function misplaced(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => {
    const [root, ...parts] = path.split('/');
    if (isTest(path) && !path.endsWith('.slow.test.ts') && MOCKED_MODULE.test(text)) {
      return [`${path} mocks a module. Name it .slow.test.ts: only those run in a process of their own.`];
    }
    if (root !== 'test') {
      if (!isTest(path)) return [];
      const subject = subjectOf(path);
      const folder = posix.basename(posix.dirname(path));
      const hasSubject = files.has(subject) || posix.basename(subject) === `${folder}.ts`;
      return [
        ...(hasSubject ? [] : [`${path}: there is no ${subject}. Name a test for its file, or for its folder.`]),
        ...(COMMAND_LINE.test(text) ? [`${path} starts the command line. Such tests belong into test/cli.`] : []),
      ];
    }
    const folder = parts.length > 1 ? (parts[0] as string) : '';
    if (WITHOUT_TESTS.includes(folder)) return isTest(path) ? [`${path}: test/${folder} holds no tests.`] : [];
    const row = FOLDERS[folder];
    if (!row) return [`${path}: test/ has no folder ${folder}. Put tests of one room beside it in src/.`];
    return isTest(path) && !row.shows.test(text) ? [`${path} is not what test/${folder} is for: ${row.holds}.`] : [];
  });
}

const ROOT = fileURLToPath(new URL('../', import.meta.url));

function typescriptIn(...folders: string[]): ReadonlyMap<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(posix.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
      .filter((path) => path.endsWith('.ts')),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(posix.join(ROOT, path), 'utf8')]));
}

describe('tests', () => {
  const files = typescriptIn('src', 'bench', 'test');

  test('lie beside what they test, or in the folder of test/ for what they cross', () => {
    expect(misplaced(files)).toEqual([]);
  });

  test('are found', () => {
    const tests = [...files.keys()].filter(isTest);
    for (const root of ['src/', 'bench/', 'test/']) expect(tests.some((path) => path.startsWith(root))).toBe(true);
  });
});

describe('the rule checker', () => {
  const check = (...files: [path: string, text?: string][]): string[] =>
    misplaced(new Map(files.map(([path, text = '']) => [path, text])));

  test.each([
    ['src/graph/walks.test.ts', '', 'src/graph/walks.test.ts: there is no src/graph/walks.ts.'],
    ['src/graph/walk.fast.test.ts', '', 'there is no src/graph/walk.fast.ts.'],
    ['src/graph/ops/graph.test.ts', '', 'there is no src/graph/ops/graph.ts.'],
    ['src/graph/walk.test.ts', "import { runCli } from '../../test/support/run-cli.ts';", 'starts the command line.'],
    ['src/graph/walk.test.ts', "const BIN = '../../bin/refinenet.js';", 'starts the command line.'],
    ['test/graph/walk.test.ts', '', 'test/ has no folder graph.'],
    ['test/graph/helper.ts', '', 'test/ has no folder graph.'],
    ['test/support/walk.test.ts', '', 'test/support holds no tests.'],
    ['test/walk.test.ts', "import '../src/graph/walk.ts';", 'is not what test/ is for: documents, sources'],
    ['src/graph/walk.test.ts', "vi.mock('./value.ts');", 'mocks a module. Name it .slow.test.ts'],
    ['test/cli/walk.test.ts', "import '../../src/cli/main.ts';", 'is not what test/cli is for: the built command line'],
    ['test/golden/walk.test.ts', '', 'is not what test/golden is for: numbers and names from PyTorch.'],
  ])('reports %s with %j', (path, text, message) => {
    expect(check(['src/graph/walk.ts'], [path, text])).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ['src/graph/walk.test.ts', "import { operators } from '../../test/support/compare-graphs.ts';"],
    ['src/graph/walk.slow.test.ts', ''],
    ['src/graph/graph.test.ts', ''],
    ['src/graph/graph.slow.test.ts', ''],
    ['test/cli/walk.slow.test.ts', "import { runCli } from '../support/run-cli.ts';"],
    ['test/support/walk.ts', ''],
    ['test/golden/walk.ts', ''],
    ['test/readme.test.ts', "import { readFileSync } from 'node:fs';"],
    ['test/contract.test.ts', "import '../src/data/dataset.ts'; import '../src/training/plan.ts';"],
    ['src/graph/walk.slow.test.ts', "vi.mock('./value.ts');"],
  ])('lets pass %s with %j', (path, text) => {
    expect(check(['src/graph/walk.ts'], [path, text])).toEqual([]);
  });
});
