import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whyMissing } from './native-engine.ts';

const absent = Object.assign(new Error("Cannot find package 'onnxruntime-node' imported from backend.js"), {
  code: 'ERR_MODULE_NOT_FOUND',
});
let folder: string;
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refinenet-native-'));
  installed = join('node_modules', 'refinenet', 'dist', 'platform', 'node', 'native-engine.js');
  await mkdir(join(folder, 'project', 'photos'), { recursive: true });
  await mkdir(join(folder, 'checkout', 'src'), { recursive: true });
  await writeFile(join(folder, 'project', 'package.json'), '{}');
  await writeFile(join(folder, 'checkout', 'package.json'), '{}');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('an engine that is not installed comes by one command in the project', () => {
  const project = join(folder, 'project');
  expect(whyMissing(absent, join(project, installed), project)).toBe(
    'The native engine, onnxruntime-node, is not installed. This installs it: npm install --ignore-scripts.',
  );
});

test('from another folder the command names the project', () => {
  const project = join(folder, 'project');
  expect(whyMissing(absent, join(project, installed), join(project, 'photos'))).toContain(
    `npm install --ignore-scripts --prefix "${project}".`,
  );
  const nested = join(project, 'node_modules', 'other', installed);
  expect(whyMissing(absent, nested, project)).toContain('npm install --ignore-scripts.');
});

test('in a checkout the command names the checkout', () => {
  const checkout = join(folder, 'checkout');
  expect(whyMissing(absent, join(checkout, 'src', 'native-engine.ts'), checkout)).toContain(
    'npm install --ignore-scripts.',
  );
});

test('installed globally the command is a global one', () => {
  expect(whyMissing(absent, join(folder, 'lib', installed), folder)).toContain(
    'This installs it: npm install --global --ignore-scripts refinenet.',
  );
});

test('an engine that is installed and has no code for this system is not installed again', () => {
  const error = Object.assign(
    new Error("Cannot find module '../bin/onnxruntime_binding.node'\nRequire stack:\n- a.js"),
    {
      code: 'MODULE_NOT_FOUND',
    },
  );
  expect(whyMissing(error)).toBe(
    `The native engine, onnxruntime-node, cannot be loaded on ${process.platform}/${process.arch}: ` +
      "Cannot find module '../bin/onnxruntime_binding.node'.",
  );
});
