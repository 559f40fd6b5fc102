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

/** Names of a folder's entries that no model folder has as it is written; all of them if it holds no model. */
export function foreignEntries(names: readonly string[]): readonly string[] {
  return names.includes(CONFIG_FILE) ? names.filter((name) => !MODEL_ENTRIES.includes(name)) : names;
}

/** What is said in a model folder's files beside the model itself. */
export interface ModelFileOptions extends ModelCardDetails {
  /** `model_type` in config.json; the name of the network's family when left out. */
  readonly modelType?: ModelConfig['model_type'];
}

/** What is written into a model folder beside the model, and whether over an older one. */
export interface WriteModelOptions extends ModelFileOptions {
  /** Replace what is there. */
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
