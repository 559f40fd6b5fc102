/** Model folders on disk: config.json, preprocessor_config.json, model.safetensors and a model card. */
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FormatError, messageOf, UsageError } from '../../errors.ts';
import { JSON_BYTES } from '../../limits.ts';
import { fromPreprocessorConfig } from '../../image/preprocessor-config.ts';
import { fromModelConfig } from '../../models/folder/config.ts';
import { CONFIG_FILE, PREPROCESSOR_FILE, WEIGHTS_FILE } from '../../models/folder/files.ts';
import type { Model, ModelDescription } from '../../models/model.ts';
import { fromQuantizationFile, QUANTIZATION_FILE } from '../../models/folder/quantization.ts';
import { networkParameters } from '../../models/network.ts';
import type { ActivationRanges } from '../../graph/rewrite/quantize-network.ts';
import { sameShape } from '../../tensor/shape.ts';
import { BYTES_PER_ELEMENT } from '../../tensor/tensor.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { StoredTensor, Weights, WeightsSource } from '../../tensor/weights.ts';
import { firstNotFinite, fitWeights } from '../../weights/fit.ts';
import {
  readSafetensors,
  readSafetensorsLayout,
  type SafetensorsEntry,
  safetensorsHeaderEnd,
} from '../../weights/safetensors.ts';
import { SHIPPED_MODELS } from './model-location.ts';

/**
 * The model in a folder. float32 weights stay in their file, which the engine maps; others are read and widened.
 * @throws UsageError if there is no such folder, FormatError if a file is not what it should be, WeightsError if the
 * weights do not fit the network.
 */
export async function readModelFolder(path: string): Promise<Model> {
  const folder = await existingFolder(path);
  const { definition, classes } = fromModelConfig(await readJson(join(folder, CONFIG_FILE)), join(path, CONFIG_FILE));
  const preprocessing = fromPreprocessorConfig(await readJson(join(folder, PREPROCESSOR_FILE)));
  // The folder as the engine must see it: a symlinked file's own folder.
  const file = await realpath(join(folder, WEIGHTS_FILE)).catch(() => {
    throw new UsageError(`${join(path, WEIGHTS_FILE)} does not exist. Import the model again: refinenet import FILE.`);
  });
  const weights = await readStoredWeights(file, { definition, classes, preprocessing });
  const ranges = await readRanges(folder, path);
  return { definition, classes, preprocessing, weights, folder: dirname(file), ...(ranges && { ranges }) };
}

/** What calibration found, if the model was calibrated. */
async function readRanges(folder: string, shown: string): Promise<ActivationRanges | null> {
  const file = join(folder, QUANTIZATION_FILE);
  const found = await stat(file).catch(() => null);
  return found && fromQuantizationFile(await readJson(file), join(shown, QUANTIZATION_FILE));
}

async function readStoredWeights(file: string, { definition }: ModelDescription): Promise<WeightsSource> {
  const parameters = networkParameters(definition);
  const entries = await readLayout(file);
  const mappable = [...parameters].every(([name, { shape }]) => {
    const entry = entries.get(name);
    return (
      entry?.dtype === 'float32' && sameShape(entry.shape, shape) && entry.offset % BYTES_PER_ELEMENT.float32 === 0
    );
  });
  // Numbers that are none are told by name, like all else that does not fit.
  if (!mappable || entries.size !== parameters.size || !(await hasFiniteNumbers(file, entries))) {
    return fitWeights(readSafetensors(await readFile(file)).weights, parameters, { subject: basename(file) });
  }
  return new Map(
    [...parameters].map(([name, { shape }]): [string, StoredTensor] => {
      const { offset, length } = entries.get(name) as SafetensorsEntry;
      return [name, { dtype: 'float32', shape, stored: { file: basename(file), offset, length } }];
    }),
  );
}

/** Bytes of a file that are looked through at once. */
const PORTION = 4 << 20;

/** Whether all numbers of a file of float32 alone are finite; it is looked through in parts, and none of it stays in memory. */
async function hasFiniteNumbers(file: string, entries: ReadonlyMap<string, SafetensorsEntry>): Promise<boolean> {
  const places = [...entries.values()];
  const end = Math.max(...places.map(({ offset, length }) => offset + length));
  const numbers = new Float32Array(PORTION / BYTES_PER_ELEMENT.float32);
  const handle = await open(file);
  try {
    for (let at = Math.min(...places.map(({ offset }) => offset)); at < end; ) {
      const { bytesRead } = await handle.read(new Uint8Array(numbers.buffer), 0, Math.min(PORTION, end - at), at);
      const whole = bytesRead - (bytesRead % BYTES_PER_ELEMENT.float32);
      // A file that is cut off meanwhile is for the engine to tell.
      if (whole === 0) return true;
      if (firstNotFinite(numbers.subarray(0, whole / BYTES_PER_ELEMENT.float32)) >= 0) return false;
      at += whole;
    }
    return true;
  } finally {
    await handle.close();
  }
}

/** The model as a backend can load it: with its weights in memory if the backend cannot map files. */
export async function modelFor(backend: Backend, model: Model): Promise<Model> {
  return backend.memoryMapping ? model : { ...model, weights: await loadWeights(model) };
}

/** A model's weights in memory. */
export async function loadWeights({
  definition,
  weights,
  folder,
}: Pick<Model, 'definition' | 'weights' | 'folder'>): Promise<Weights> {
  const stored = [...weights.values()].find((value) => 'stored' in value);
  if (!stored || !('stored' in stored)) return weights as Weights;
  const bytes = await readFile(join(folder as string, stored.stored.file));
  return fitWeights(readSafetensors(bytes).weights, networkParameters(definition));
}

async function readLayout(file: string): Promise<ReadonlyMap<string, SafetensorsEntry>> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const read = async (length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(Math.min(length, size));
      await handle.read(bytes, 0, bytes.length, 0);
      return bytes;
    };
    const head = await read(safetensorsHeaderEnd(await read(8), size));
    return new Map(readSafetensorsLayout(head, size).entries.map((entry) => [entry.name, entry]));
  } catch (error) {
    throw new FormatError(`${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    await handle.close();
  }
}

async function existingFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (!found) {
    throw new UsageError(
      `There is no model at ${path} (the working folder is ${resolve('.')}). Give a folder made by "refinenet import" or "refinenet train", ` +
        `an installed package that holds one, or the name of a shipped model: ${SHIPPED_MODELS.join(', ')}.`,
    );
  }
  if (!found.isDirectory()) {
    throw new UsageError(
      `${path} is a file, not a model folder. Import it first: refinenet import ${path} --output DIR.`,
    );
  }
  return resolve(path);
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > JSON_BYTES) {
      throw new FormatError(`${file}: ${size} bytes, more than the ${JSON_BYTES} allowed. This is no file of a model.`);
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new UsageError(
      `${file} cannot be read, so its folder is no model (${messageOf(error)}). Give a folder made by "refinenet import".`,
      { cause: error },
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${file} is not JSON: ${messageOf(error)}.`, { cause: error });
  }
}
