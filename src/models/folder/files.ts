/** The files that make up a model folder, as bytes. */
import { toPreprocessorConfig } from '../../image/preprocessor-config.ts';
import type { Weights } from '../../tensor/weights.ts';
import { writeSafetensors } from '../../weights/safetensors.ts';
import type { ModelDescription } from '../model.ts';
import { modelCard, type ModelCardDetails } from './card.ts';
import { type ModelConfig, toModelConfig } from './config.ts';
import { QUANTIZATION_FILE } from './quantization.ts';

export const CONFIG_FILE = 'config.json';
export const PREPROCESSOR_FILE = 'preprocessor_config.json';
export const WEIGHTS_FILE = 'model.safetensors';
export const CARD_FILE = 'README.md';
/** Where Hugging Face's libraries look for ONNX files. */
export const ONNX_FOLDER = 'onnx';

const MODEL_ENTRIES: readonly string[] = [
  CONFIG_FILE,
  PREPROCESSOR_FILE,
  WEIGHTS_FILE,
  CARD_FILE,
  QUANTIZATION_FILE,
  ONNX_FOLDER,
];

/** What systems put into folders that somebody looked into. */
const LITTER: readonly string[] = ['.DS_Store', 'Thumbs.db', 'desktop.ini'];

/**
 * Names of a folder's entries that would be lost if a model were written in its place: all but those of a model, if it holds one.
 * @param written paths of what is written, which may replace what is called so.
 */
export function foreignEntries(names: readonly string[], written: Iterable<string> = []): readonly string[] {
  const others = names.filter((name) => !LITTER.includes(name));
  if (!others.includes(CONFIG_FILE)) return others;
  const known = new Set([...MODEL_ENTRIES, ...[...written].map((path) => path.split('/')[0] as string)]);
  return others.filter((name) => !known.has(name));
}

/** What is said in a model folder's files beside the model itself. */
export interface ModelFileOptions extends ModelCardDetails {
  /** `model_type` in config.json; the name of the network's family when left out. */
  readonly modelType?: ModelConfig['model_type'];
}

/** What is written into a model folder beside the model, and whether over an older one. */
export interface WriteModelOptions extends ModelFileOptions {
  /** Replace a model that is there; a folder that holds anything else is kept. */
  readonly overwrite?: boolean;
  /** Further files by their path inside the folder. */
  readonly files?: ReadonlyMap<string, Uint8Array | readonly Uint8Array[]>;
}

/** Each file's bytes in parts by its name; the weights' numbers are not copied. */
export function modelFiles(
  model: ModelDescription & { readonly weights: Weights },
  options: ModelFileOptions,
): ReadonlyMap<string, readonly Uint8Array[]> {
  return new Map([
    [WEIGHTS_FILE, writeSafetensors(model.weights, new Map([['format', 'pt']]))],
    [CONFIG_FILE, [jsonBytes(toModelConfig(model, options.modelType))]],
    [PREPROCESSOR_FILE, [jsonBytes(toPreprocessorConfig(model.preprocessing))]],
    [CARD_FILE, [new TextEncoder().encode(modelCard(model, options))]],
  ]);
}

/** A value as the bytes of a JSON file, indented. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
