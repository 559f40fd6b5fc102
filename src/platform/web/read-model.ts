/** A model folder on a server, or files in hand, to a model with its weights in memory. */
import { FormatError, messageOf } from '../../errors.ts';
import { fromPreprocessorConfig } from '../../image/preprocessor-config.ts';
import { fromModelConfig } from '../../models/folder/config.ts';
import { CONFIG_FILE, PREPROCESSOR_FILE, WEIGHTS_FILE } from '../../models/folder/files.ts';
import type { Model } from '../../models/model.ts';
import { networkParameters } from '../../models/network.ts';
import { fromQuantizationFile, QUANTIZATION_FILE } from '../../models/folder/quantization.ts';
import type { Weights } from '../../tensor/weights.ts';
import { fitWeights } from '../../weights/fit.ts';
import { readSafetensors } from '../../weights/safetensors.ts';
import { type FetchFileOptions, fetchFile, MissingFileError } from './fetch-file.ts';
import type { PlainModelFiles, PlainModelSource } from './model-source.ts';

const FILE_NAMES = {
  config: CONFIG_FILE,
  preprocessor: PREPROCESSOR_FILE,
  weights: WEIGHTS_FILE,
  quantization: QUANTIZATION_FILE,
} as const satisfies Record<keyof PlainModelFiles, string>;

type FileName = keyof typeof FILE_NAMES;

/** How a model's file is read, by what it is; what it is called goes into messages. */
type Open = (file: FileName) => Promise<{ readonly content: Uint8Array<ArrayBuffer> | object; readonly name: string }>;

/**
 * @param needsQuantization whether to read what calibration found, for int8.
 * @throws FormatError if a file is not what it should be, WeightsError if the weights do not fit the network, and as `fetchFile`.
 */
export async function readModel(
  source: PlainModelSource,
  { needsQuantization, ...watch }: FetchFileOptions & { readonly needsQuantization: boolean },
): Promise<Model & { readonly weights: Weights }> {
  const open = 'folder' in source ? await fromFolder(source.folder, watch) : fromFiles(source.files);
  const [config, preprocessor, weights, quantization] = await Promise.all([
    open('config').then(parsed),
    open('preprocessor').then(parsed),
    open('weights'),
    needsQuantization ? open('quantization').then(parsed) : null,
  ]);
  const { definition, classes } = fromModelConfig(config.json, config.name);
  return {
    definition,
    classes,
    preprocessing: fromPreprocessorConfig(preprocessor.json),
    weights: fitWeights(weightsIn(weights), networkParameters(definition), { subject: weights.name }),
    ...(quantization && { ranges: fromQuantizationFile(quantization.json, quantization.name) }),
  };
}

/** Where repositories of Hugging Face keep the files of their main branch. */
const REPOSITORY_FILES = 'resolve/main/';

const MODEL_FOLDER =
  'Give the address of a folder that holds config.json, preprocessor_config.json and model.safetensors.';

/** The files of a folder; where it has none but is a repository's page, those of the repository's main branch. */
async function fromFolder(folder: string, given: FetchFileOptions): Promise<Open> {
  const watch = { ...given, advice: MODEL_FOLDER };
  const addressIn = (base: string, file: FileName) => new URL(FILE_NAMES[file], base).href;
  const configIn = async (base: string) => ({ base, config: await fetchFile(addressIn(base, 'config'), watch) });
  const { base, config } = await configIn(folder).catch((error: unknown) => {
    const mayBeRepository = /^\/[^/]+\/[^/]+\/$/.test(new URL(folder).pathname);
    if (!mayBeRepository || !(error instanceof MissingFileError || error instanceof FormatError)) throw error;
    return configIn(new URL(REPOSITORY_FILES, folder).href).catch(() => {
      throw error;
    });
  });
  return async (file) => {
    const name = addressIn(base, file);
    return { content: file === 'config' ? config : await fetchFile(name, watch), name };
  };
}

function fromFiles(files: PlainModelFiles): Open {
  return async (file) => {
    const content = files[file];
    if (content === undefined) {
      throw new FormatError(
        `${FILE_NAMES[file]} is not among the files given ({ ${Object.keys(files).join(', ')} }). Give it as \`${file}\`.`,
      );
    }
    return {
      content: content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content,
      name: FILE_NAMES[file],
    };
  };
}

function parsed({ content, name }: Awaited<ReturnType<Open>>): { readonly json: unknown; readonly name: string } {
  if (!(content instanceof Uint8Array)) return { json: content, name };
  const text = new TextDecoder().decode(content);
  try {
    return { json: JSON.parse(text), name };
  } catch (error) {
    const what = /^\s*</.test(text)
      ? 'it is a page (HTML), as servers send for files that they do not have'
      : messageOf(error);
    throw new FormatError(`${name} is not JSON: ${what}. Check that it is the file of a model folder.`, {
      cause: error,
    });
  }
}

function weightsIn({ content, name }: Awaited<ReturnType<Open>>): Weights {
  if (!(content instanceof Uint8Array)) {
    throw new FormatError(`${name}: weights are bytes, a Blob or a Response, but got a plain object.`);
  }
  try {
    return readSafetensors(content).weights;
  } catch (error) {
    throw new FormatError(`${name}: ${messageOf(error)}`, { cause: error });
  }
}
