/**
 * The import rules of docs/architecture.md: a file imports only what stands on a lower rank, or beside it in its folder; and no
 * files import each other in a circle.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** Lowest first. What stands on one line is of one rank and does not know each other. */
const RANKS: readonly (readonly string[])[] = [
  ['errors.ts', 'limits.ts', 'json-values.ts'],
  [
    'json-schema.ts',
    'option-values.ts',
    'text.ts',
    'defined.ts',
    'joined-bytes.ts',
    'glob-patterns.ts',
    'groups.ts',
    'one-at-a-time.ts',
  ],
  ['tensor'],
  ['onnx', 'image', 'runtime'],
  ['labels'],
  ['graph', 'drawing'],
  ['weights', 'nn', 'data'],
  ['models'],
  ['inference'],
  ['evaluation'],
  ['training'],
  ['measurement', 'distributed'],
  ['tasks'],
  ['entries/core.ts', 'entries/datasets.ts'],
  ['entries/evaluation.ts', 'entries/training.ts'],
  ['platform'],
  ['platform/node', 'platform/web'],
  ['entries/browser.ts'],
  ['entries/node.ts', 'entries/web.ts', 'entries/web-training.ts'],
  ['server', 'worker'],
  ['cli'],
];

/** Packages that only some units may import; the first row that matches a package counts, and no row means everywhere. */
const RESERVED: readonly { matches: (name: string) => boolean; units: readonly string[]; types?: readonly string[] }[] =
  [
    { matches: isBuiltin, units: ['platform/node', 'server', 'worker', 'cli'] },
    { matches: (name) => /^onnxruntime-common(\/|$)/.test(name), units: ['platform'], types: ['runtime'] },
    { matches: (name) => /^(onnxruntime-|sharp(\/|$))/.test(name), units: ['platform'] },
    { matches: (name) => /^(commander|cli-progress|picocolors)(\/|$)/.test(name), units: ['cli'] },
    { matches: (name) => /^(fastify|@fastify\/.*|pino|prom-client)$/.test(name), units: ['server'] },
    { matches: (name) => /^(bullmq|ioredis)$/.test(name), units: ['worker'] },
    { matches: (name) => name === 'h5wasm', units: ['platform/node'] },
    { matches: (name) => /^refinenet(\/|$)/.test(name), units: [] },
  ];

const UNITS = RANKS.flatMap((units, rank) => units.map((unit) => ({ unit, rank })));
const isIn = (path: string, unit: string): boolean => path === unit || path.startsWith(`${unit}/`);

/** The most specific row of the table that a path inside src/ belongs to. */
function standing(path: string): { readonly unit: string; readonly rank: number } | undefined {
  return UNITS.filter(({ unit }) => isIn(path, unit)).sort((a, b) => b.unit.length - a.unit.length)[0];
}

/** Every module a source text names: import and export declarations, import() and import types. */
function importsOf(path: string, text: string): { readonly name: string; readonly typeOnly: boolean }[] {
  const found: { name: string; typeOnly: boolean }[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean): void => {
    if (node) found.push({ name: ts.isStringLiteralLike(node) ? node.text : node.getText(), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    }
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** What breaks the rule in these files (path inside src/ -> text), one sentence each. */
function violations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) => {
    const from = standing(path);
    if (!from) return [`${path} stands on no rank. Add its folder to the table.`];
    return importsOf(path, text).flatMap(({ name, typeOnly }) => {
      if (!name.startsWith('.')) {
        const row = RESERVED.find(({ matches }) => matches(name));
        const units = [...(row?.units ?? []), ...((typeOnly && row?.types) || [])];
        return row && !units.some((unit) => isIn(from.unit, unit)) ? [`${path} may not import ${name}.`] : [];
      }
      const target = posix.join(posix.dirname(path), name);
      const to = standing(target);
      if (!to) return [`${path} imports ${target}, which stands on no rank.`];
      return to.unit === from.unit || to.rank < from.rank ? [] : [`${path} (${from.unit}) may not import ${target}.`];
    });
  });
}

/**
 * The circles in which files (path inside src/ -> text) import each other, for their values or for types alone: from its first
 * file in the alphabet, every file followed by one that it imports. Of a tangle some are named, at least one.
 */
function circles(files: ReadonlyMap<string, string>): string[] {
  const imports = new Map(
    [...files].map(([path, text]) => [
      path,
      importsOf(path, text)
        .map(({ name }) => posix.join(posix.dirname(path), name))
        .filter((target) => files.has(target)),
    ]),
  );
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) {
      const circle = way.slice(start);
      const first = circle.indexOf([...circle].sort()[0] as string);
      found.add([...circle.slice(first), ...circle.slice(0, first), circle[first]].join(' -> '));
    }
    if (start >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of files.keys()) visit(path, []);
  return [...found].sort();
}

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** The files that ship: tests may import whatever they need. */
function sources(): ReadonlyMap<string, string> {
  const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const kept = paths.filter((path) => path.endsWith('.ts') && !/\.(d|test)\.ts$/.test(path)).sort();
  return new Map(kept.map((path) => [path, readFileSync(posix.join(SRC, path), 'utf8')]));
}

describe('imports in src', () => {
  const files = sources();

  test('point only downwards in the table of ranks', () => {
    expect(violations(files)).toEqual([]);
  });

  test('never go around in a circle', () => {
    expect(circles(files)).toEqual([]);
  });

  test('are found: the files import each other', () => {
    const count = [...files].flatMap(([path, text]) => importsOf(path, text)).length;
    expect(count).toBeGreaterThan(files.size);
  });
});

/** Imports of these files that lead to the command line in src: what is measured is measured without it. */
function importsOfCommandLine(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, text]) =>
    importsOf(path, text).flatMap(({ name }) =>
      isIn(posix.join('bench', name), 'src/cli') ? [`bench/${path} may not import ${name}.`] : [],
    ),
  );
}

describe('imports in bench', () => {
  test('lead to what the command shares with it, never to the command', () => {
    const folder = fileURLToPath(new URL('../bench/', import.meta.url));
    const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    const files = new Map(names.map((name) => [name, readFileSync(posix.join(folder, name), 'utf8')]));
    expect(files.size).toBeGreaterThan(0);
    expect(importsOfCommandLine(files)).toEqual([]);
  });

  test.each([
    "import { sizes } from '../src/cli/commands/benchmark/options.ts';",
    "import type { Size } from '../src/cli/parse.ts';",
    "const late = () => import('../src/cli/main.ts');",
  ])('are refused where they do: %s', (text) => {
    expect(importsOfCommandLine(new Map([['run.ts', text]]))).toHaveLength(1);
  });
});

describe('the rule checker', () => {
  const check = (path: string, text: string): string[] => violations(new Map([[path, text]]));

  test.each([
    ['graph/value.ts', "import { refineNet } from '../models/network.ts';", 'models/network.ts'],
    ['graph/value.ts', "import type { Sample } from '../data/sample.ts';", 'data/sample.ts'],
    ['graph/value.ts', "export { x } from '../nn/layers.ts';", 'nn/layers.ts'],
    ['graph/value.ts', "export * from '../nn/layers.ts';", 'nn/layers.ts'],
    ['graph/value.ts', "import '../nn/layers.ts';", 'nn/layers.ts'],
    ['graph/value.ts', "const late = () => import('../cli/main.ts');", 'cli/main.ts'],
    ['graph/value.ts', "type Late = import('../cli/main.ts').Main;", 'cli/main.ts'],
    ['weights/fit.ts', "import { conv2d } from '../nn/layers.ts';", 'nn/layers.ts'],
    ['inference/segmenter.ts', "import { step } from '../training/step.ts';", 'training/step.ts'],
    ['training/trainer.ts', "import { files } from '../platform/node/files.ts';", 'platform/node/files.ts'],
    ['platform/web/canvas.ts', "import { files } from '../node/files.ts';", 'platform/node/files.ts'],
    ['platform/backend.ts', "import { files } from './node/files.ts';", 'platform/node/files.ts'],
    ['models/network.ts', "import { refineNet } from '../entries/core.ts';", 'entries/core.ts'],
    ['entries/core.ts', "export { files } from '../platform/node/files.ts';", 'platform/node/files.ts'],
    ['errors.ts', "import { formatShape } from './tensor/shape.ts';", 'tensor/shape.ts'],
  ])('reports %s with %s', (path, text, target) => {
    expect(check(path, text)).toEqual([expect.stringMatching(`^${path} \\(.*\\) may not import ${target}\\.$`)]);
  });

  test.each([
    ['weights/fit.ts', "import { readFile } from 'node:fs/promises';", 'node:fs/promises'],
    ['weights/fit.ts', "import type { Buffer } from 'buffer';", 'buffer'],
    ['platform/web/canvas.ts', "import { join } from 'node:path';", 'node:path'],
    ['runtime/backend.ts', "import { Tensor } from 'onnxruntime-common';", 'onnxruntime-common'],
    ['runtime/backend.ts', "import { type Tensor } from 'onnxruntime-common';", 'onnxruntime-common'],
    ['runtime/backend.ts', "import type { Tensor } from 'onnxruntime-web';", 'onnxruntime-web'],
    ['cli/main.ts', "import * as ort from 'onnxruntime-node';", 'onnxruntime-node'],
    ['image/image.ts', "import sharp from 'sharp';", 'sharp'],
    ['models/network.ts', "import { Command } from 'commander';", 'commander'],
    ['cli/main.ts', "import { refineNet } from 'refinenet';", 'refinenet'],
  ])('reports %s with %s', (path, text, name) => {
    expect(check(path, text)).toEqual([`${path} may not import ${name}.`]);
  });

  test('reports files and targets that stand on no rank', () => {
    expect(check('helpers/misc.ts', '')).toEqual(['helpers/misc.ts stands on no rank. Add its folder to the table.']);
    const outside = check('cli/main.ts', "import { version } from '../../package.json';");
    expect(outside).toEqual(['cli/main.ts imports ../package.json, which stands on no rank.']);
  });

  test('reports every violation of a file', () => {
    expect(check('nn/layers.ts', "import 'sharp';\nimport '../models/network.ts';\nimport 'node:fs';")).toHaveLength(3);
  });

  test.each([
    ['graph/ops/conv.ts', "import { int } from '../../onnx/model.ts'; import { apply } from '../value.ts';"],
    ['runtime/backend.ts', "import type { InferenceSession } from 'onnxruntime-common';"],
    ['platform/node/backend.ts', "import 'onnxruntime-node'; import 'sharp'; import 'node:fs'; import '../shared.ts';"],
    ['platform/web/backend.ts', "import 'onnxruntime-web/webgpu'; import '../../inference/segmenter.ts';"],
    ['entries/node.ts', "export { files } from '../platform/node/files.ts';"],
    ['cli/main.ts', "import 'node:process'; import 'commander'; import '../server/app.ts';"],
    ['weights/safetensors.ts', "// import '../models/network.ts'\nconst text = \"import 'sharp'\"; import 'zod';"],
  ])('lets pass %s with %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});

describe('the finder of circles', () => {
  const find = (files: Readonly<Record<string, string>>): string[] => circles(new Map(Object.entries(files)));

  test('finds files that import each other, also for types alone', () => {
    const files = {
      'graph/a.ts': "import { b } from './ops/b.ts';",
      'graph/ops/b.ts': "import type { C } from '../c.ts'; import './d.ts';",
      'graph/c.ts': "export type { A } from './a.ts';",
      'graph/ops/d.ts': '',
    };
    expect(find(files)).toEqual(['graph/a.ts -> graph/ops/b.ts -> graph/c.ts -> graph/a.ts']);
  });

  test('finds every circle once, wherever it is entered', () => {
    const files = {
      'z.ts': "import './b.ts';",
      'b.ts': "import './a.ts'; import './b.ts';",
      'a.ts': "import './b.ts';",
    };
    expect(find(files)).toEqual(['a.ts -> b.ts -> a.ts', 'b.ts -> b.ts']);
  });

  test('lets pass what is reached on two ways, and what src does not hold', () => {
    const files = {
      'a.ts': "import './b.ts'; import './c.ts';",
      'b.ts': "import './c.ts'; import 'zod';",
      'c.ts': "import '../a.ts';",
    };
    expect(find(files)).toEqual([]);
  });
});
