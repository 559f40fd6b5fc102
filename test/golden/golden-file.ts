/** Reference numbers made with PyTorch, from test/fixtures/golden. */
import { existsSync, readFileSync } from 'node:fs';
import type { Tensor } from '../../src/tensor/tensor.ts';
import { readSafetensors } from '../../src/weights/safetensors.ts';

const FOLDER = new URL('../fixtures/golden/', import.meta.url);

export interface GoldenFile {
  readonly metadata: ReadonlyMap<string, string>;
  /** The tensors' names. */
  readonly names: readonly string[];
  /** A float32 tensor of the file. */
  get(name: string): Tensor<'float32'>;
}

export function goldenFile(name: string): GoldenFile {
  const { weights, metadata } = readSafetensors(readFileSync(new URL(`${name}.safetensors`, FOLDER)));
  return { metadata, names: [...weights.keys()], get: (key) => weights.get(key) as Tensor<'float32'> };
}

export const hasGoldenFile = (name: string): boolean => existsSync(new URL(`${name}.safetensors`, FOLDER));

/** Published parameter names and shapes by architecture. */
export function stateDictNames(): Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> {
  return JSON.parse(readFileSync(new URL('state_dict_names.json', FOLDER), 'utf8'));
}
