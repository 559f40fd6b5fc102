import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../errors.ts';
import { assertWritable } from './write-model-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'refinenet write-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function folderWith(...names: readonly string[]): Promise<string> {
  const folder = join(root, 'target');
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name);
  }
  return folder;
}

test.each([
  ['a model', ['config.json', 'preprocessor_config.json', 'model.safetensors', 'README.md', 'quantization.json']],
  ['a model with ONNX files', ['config.json', 'model.safetensors', 'onnx/model.onnx']],
  ['a model that somebody looked at', ['config.json', 'model.safetensors', '.DS_Store', 'Thumbs.db']],
])('%s is replaced where that is asked for, and only there', async (_, names) => {
  const folder = await folderWith(...names);
  await expect(assertWritable(folder, false)).rejects.toThrow('exists already');
  await expect(assertWritable(folder, true)).resolves.toBeUndefined();
});

test.each([
  ['photographs', ['a.jpg', 'b.jpg'], 'a.jpg, b.jpg'],
  ['other exports', ['model.onnx'], 'model.onnx'],
  ["a run, whose config.json is another's", ['config.json', 'log.jsonl', 'last/config.json'], 'last, log.jsonl'],
  ['what a training goes on from', ['config.json', 'model.safetensors', 'state.json'], 'state.json'],
  ['many files', ['1', '2', '3', '4', '5', '6', '7'], '1, 2, 3, 4, 5 and 2 more'],
])('%s are never lost', async (_, names, said) => {
  const folder = await folderWith(...names);
  const checking = assertWritable(folder, true);
  await expect(checking).rejects.toThrow(UsageError);
  // Nor is it advised.
  await expect(assertWritable(folder, false)).rejects.toThrow('it is not replaced');
  await expect(checking).rejects.toThrow(
    `${folder} exists already and is no folder of a model alone, so it is not replaced: it has ${said}. Write to another place, or take these away first.`,
  );
  for (const name of names) expect(await readFile(join(folder, name), 'utf8')).toBe(name);
});

test('an empty folder is no hindrance', async () => {
  await mkdir(join(root, 'target'));
  await expect(assertWritable(join(root, 'target'), true)).resolves.toBeUndefined();
  await expect(assertWritable(join(root, 'target'), false)).resolves.toBeUndefined();
  expect(await readdir(root)).toEqual([]);
});

test('a model is replaced with the further files that it is written with', async () => {
  const folder = await folderWith('config.json', 'model.safetensors', 'notes/a.txt', 'list.txt');
  const files = ['config.json', 'notes/b.txt', 'list.txt'];
  await expect(assertWritable(folder, true, files)).resolves.toBeUndefined();
  await expect(assertWritable(folder, true, files.slice(0, 2))).rejects.toThrow('it has list.txt');
});
