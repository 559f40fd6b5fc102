/** The examples and the page on training do what they say: in a project that has the package installed, as a user's has. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawShapes } from '../src/data/drawn/shapes.ts';
import { encodeLabelPng, encodePng } from '../src/image/png.ts';
import { startingModel } from '../src/models/starting-model.ts';
import { decodeImage } from '../src/platform/node/decode-image.ts';
import { writeImage } from '../src/platform/node/encode-image.ts';
import { writeFileAtomically } from '../src/platform/node/files.ts';
import { writeSafetensors } from '../src/weights/safetensors.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/training.md'), 'utf8');
const EXAMPLES = ['train-on-a-folder.js', 'train-on-drawn-shapes.js'];

/** What is smaller here than on the page; the page must have it. */
const SMALLER: readonly (readonly [string, string])[] = [
  ['overrides: { epochs: 20 }', 'overrides: { epochs: 1, crop: 32, batch: 4 }'],
  ['epochs: 30,', 'epochs: 1,'],
  ['crop: 320,', 'crop: 32,'],
  ['warmup: 20', 'warmup: 2'],
];

/** The page's blocks as one module, each line at the page's own number, so that errors point into the page. */
function pageAsModule(): string {
  let isCode = false;
  const lines = PAGE.split('\n').map((line) => {
    if (!line.startsWith('```')) return isCode ? line : '';
    isCode = line === '```js';
    return '';
  });
  return SMALLER.reduce((code, [large, small]) => {
    expect(code.split(large), large).toHaveLength(2);
    return code.replace(large, small);
  }, lines.join('\n'));
}

let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'refinenet project-'));
  await mkdir(join(project, 'node_modules'));
  await symlink(ROOT, join(project, 'node_modules', 'refinenet'), 'junction');
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  for (const name of EXAMPLES) await cp(join(ROOT, 'examples', name), join(project, name));
  await writeFile(join(project, 'training.js'), pageAsModule());
});
afterAll(() => rm(project, { recursive: true, force: true }));

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Runs a program of the project with plain node. `onStderr` gets what it has said so far. */
function runNode(args: readonly string[], onStderr: (child: Child, stderr: string) => void = () => {}) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      onStderr(child, stderr);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Draws shapes into images/ and masks/; names begin with clips, four images each. */
async function writeImages(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [split, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index++) {
      const { image, labels } = drawShapes(3, [split, index], 32);
      const path = `${split}/clip${Math.floor(index / 4)}-${index % 4}.png`;
      await writeFileAtomically(join(project, folder, 'images', path), encodePng(image));
      await writeFileAtomically(join(project, folder, 'masks', path), encodeLabelPng(labels, []));
    }
  }
  await writeFile(join(project, folder, 'classes.txt'), 'background\ncircle\ntriangle\nsquare\n');
}

/** The updates in a run's log, in its order. */
async function updatesOf(run: string): Promise<number[]> {
  const log = await readFile(join(project, run, 'log.jsonl'), 'utf8');
  const records = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; update: number });
  return records.filter(({ type }) => type === 'step').map(({ update }) => update);
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('examples and page fit the types of the package, strictly', () => {
  const files = [...EXAMPLES, 'training.js'].map((name) => join(project, name));
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules', '@types')],
  });
  const problems = ts.getPreEmitDiagnostics(program);
  expect(ts.formatDiagnostics(problems, { ...ts.createCompilerHost({}), getCurrentDirectory: () => project })).toBe('');
});

test('train-on-drawn-shapes learns, and draws before and after', { timeout: 300_000 }, async () => {
  const { code, stdout, stderr } = await runNode(['train-on-drawn-shapes.js', 'shapes', '--images=32', '--epochs=3']);
  expect([code, stderr]).toEqual([0, '']);
  const [, before, after] = /: ([\d.]+) % before, ([\d.]+) % after/.exec(stdout) ?? [];
  expect(Number(after)).toBeGreaterThan(Number(before) + 5);
  expect(await updatesOf('shapes/run')).toEqual(upTo(12));
  expect((await readdir(join(project, 'shapes', 'run', 'best'))).sort()).toContain('model.safetensors');
  const picture = await decodeImage(await readFile(join(project, 'shapes', 'before-and-after.png')));
  // Four columns of five drawings, and the legend beside them.
  expect(picture.height).toBe(3 * 5 * 66);
  expect(picture.width).toBeGreaterThan(3 * 4 * 66);
});

describe('train-on-a-folder', () => {
  const command = ['train-on-a-folder.js', 'pictures', 'runs/mine', '--epochs=2', '--batch=4', '--crop=32'];

  test('ends at Ctrl-C with a checkpoint, and goes on from it', { timeout: 300_000 }, async () => {
    await writeImages('pictures', { train: 10 });
    let isStopped = false;
    const stopped = await runNode(command, (child, stderr) => {
      if (isStopped || !stderr.includes('epoch 1: mIoU')) return;
      isStopped = child.kill('SIGINT');
    });
    expect(stopped.stderr).toContain('2 of 10 samples of train are held out as val.');
    const [, updates] = /^Stopped after update (\d+)\. Go on with --resume\.\n$/.exec(stopped.stdout) ?? [];
    expect(stopped.code).toBe(0);
    expect(await updatesOf('runs/mine')).toEqual(upTo(Number(updates)));
    expect(Number(updates)).toBeLessThan(4);

    const again = await runNode(command);
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain('runs/mine holds a run already. Resume it, or give the new run another place.\n');

    const resumed = await runNode([...command, '--resume']);
    expect([resumed.code, resumed.stdout]).toEqual([0, `Done: ${join('runs/mine', 'best')}\n`]);
    expect(resumed.stderr).not.toContain('epoch 1: mIoU');
    expect(resumed.stderr).toContain('epoch 2: mIoU');
    expect(await updatesOf('runs/mine')).toEqual(upTo(4));
  });

  test('says what is missing, without a stack', async () => {
    const { code, stderr } = await runNode(['train-on-a-folder.js', 'nowhere']);
    expect([code, stderr]).toEqual([
      1,
      'nowhere: there is no such folder or file. Give the folder of a data set, or its data.yaml.\n',
    ]);
  });
});

describe('the page on training', () => {
  test('runs from top to bottom, and does what it says', { timeout: 300_000 }, async () => {
    await writeImages('my-images', { train: 16, val: 4 });
    await writeImage(join(project, 'photo.jpg'), drawShapes(4, ['photo'], 48).image, 'jpeg');
    const { weights } = startingModel({ architecture: 'refinenet-lw-mobilenetv2', classes: 1, seed: 9 });
    const encoder = new Map([...weights].filter(([name]) => name.startsWith('encoder.')));
    await writeFileAtomically(join(project, 'mobilenet_v2.safetensors'), writeSafetensors(encoder));

    const { code, stdout, stderr } = await runNode(['training.js']);
    expect(stderr).toBe(
      'This run does not fit together: batch is 0, but must be a whole number of at least 1; ' +
        'crop is 8, but must be a whole number of at least 32.\n',
    );
    expect(code).toBe(0);
    for (const line of [
      "[ 'background', 'circle', 'triangle', 'square' ]",
      'train 16\nval 4',
      '3 4\n',
      'nothing the encoder all but the classifier',
      'interrupted 3\n',
      '4/4\n',
      'runs/second2\n',
      '48 48\n',
    ]) {
      expect(stdout).toContain(line);
    }
    expect(stdout).toMatch(/^finished 0\.\d+$/m);
    expect(await updatesOf('runs/first')).toEqual(upTo(4));
    expect(await updatesOf('runs/second')).toEqual(upTo(4));
    const table = PAGE.slice(PAGE.indexOf('| file |'), PAGE.indexOf('`folderStorage` makes'));
    const made = await readdir(join(project, 'runs', 'second'));
    for (const [, name] of table.matchAll(/`([\w.]+)[/*]*`/g)) {
      expect(made.some((each) => each.startsWith(name as string)) || name === 'origin', name).toBe(true);
    }
  });

  test('links to files that are there', () => {
    const links = [...PAGE.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path as string);
    expect(links.length).toBeGreaterThan(2);
    for (const path of links) expect(existsSync(join(ROOT, 'docs', path)), path).toBe(true);
  });
});
