/** JSON, YAML and tables: models, data sets, runs, requests. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataset } from '../../../src/data/dataset.ts';
import { IMAGENET_PREPROCESSING } from '../../../src/image/preprocess.ts';
import { toPreprocessorConfig } from '../../../src/image/preprocessor-config.ts';
import { readClassNames } from '../../../src/labels/class-names.ts';
import { parseColorTable } from '../../../src/labels/color-table.ts';
import { numberedClasses } from '../../../src/labels/classes-named.ts';
import { architecture } from '../../../src/models/architectures.ts';
import { toModelConfig } from '../../../src/models/folder/config.ts';
import { networkParameters } from '../../../src/models/network.ts';
import { QUANTIZATION_FILE } from '../../../src/models/folder/quantization.ts';
import { initialize } from '../../../src/nn/initialize.ts';
import { readModelFolder } from '../../../src/platform/node/model-folder.ts';
import { readApiKeys } from '../../../src/server/http/api-key.ts';
import { Refusal } from '../../../src/server/http/refusal.ts';
import { readSegmentQuery } from '../../../src/server/segment-query.ts';
import { readImageInput, readInferRequest } from '../../../src/server/work/infer-request.ts';
import { logLine, logUpTo } from '../../../src/training/run/log.ts';
import { writeSafetensors } from '../../../src/weights/safetensors.ts';
import { parseImageJob } from '../../../src/worker/image-job.ts';
import { mask, memorySource, photo } from '../../support/drawn/files.ts';
import { changedJson, damaged } from '../mutations.ts';
import type { Reader } from '../reader.ts';
import { bytesOf, textOf } from '../structures/bytes.ts';
import { tableStructures } from '../structures/table.ts';
import { yamlStructures } from '../structures/yaml.ts';

const jsonOf = (value: unknown): Uint8Array => bytesOf(JSON.stringify(value));

const DEFINITION = architecture('refinenet-lw-mobilenetv2', 2);
const CONFIG = toModelConfig({ definition: DEFINITION, classes: numberedClasses(2) });
const PREPROCESSOR = toPreprocessorConfig({ ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 64 } });
const QUANTIZATION = { calibration: { images: 2 }, activations: [{ name: 'a', minimum: -1, maximum: 1 }] };

/** A model's folder in memory's own file system where there is one, with one file given. */
function modelFolderReader(name: string, file: string, seed: Uint8Array, document: unknown): Reader {
  let folder: string | undefined;
  const files = new Map([
    ['config.json', jsonOf(CONFIG)],
    ['preprocessor_config.json', jsonOf(PREPROCESSOR)],
    [
      'model.safetensors',
      new Uint8Array(Buffer.concat(writeSafetensors(initialize(networkParameters(DEFINITION), 1)))),
    ],
  ]);
  const open = (): string => {
    if (folder !== undefined) return folder;
    const made = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'refinenet-fuzz-'));
    for (const [path, content] of files) writeFileSync(join(made, path), content);
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
    return made;
  };
  return {
    name,
    seeds: () => [seed],
    structures: () => changedJson(document),
    read: (bytes) => {
      writeFileSync(join(open(), file), bytes);
      return readModelFolder(open());
    },
    cost: 10,
  };
}

const DATA_YAML =
  'path: .\ntrain: images/train\nval: images/val\nmasks_dir: masks\nnames: {0: ground, 1: leaf}\nlabel_mapping: {7: 1, -1: 255}\n';
const CLASS_TABLE = 'name,r,g,b\nground,0,0,0\nleaf,10,200,30\nvoid,255,255,255\n';

const IMAGES = {
  'images/train/1.png': photo(1, 8, 8),
  'masks/train/1.png': mask([0, 1], 8, 8),
  'images/val/2.png': photo(2, 8, 8),
  'masks/val/2.png': mask([0, 1], 8, 8),
};
const dataset = (file: string, bytes: Uint8Array) => openDataset(memorySource({ ...IMAGES, [file]: bytes }));

const INFER = {
  id: 'x',
  inputs: [{ name: 'image', datatype: 'UINT8', shape: [2, 2, 3], data: Array.from({ length: 12 }, (_, at) => at) }],
  outputs: [{ name: 'labels', parameters: { binary_data: true } }],
};

const RECORD = {
  type: 'step',
  update: 1,
  epoch: 1,
  seconds: 1,
  loss: 1,
  gradientNorm: 1,
  accuracy: 1,
  rates: { encoder: 1, decoder: 1, classifier: 1 },
  imagesPerSecond: 1,
} as const;

const JOB = {
  image: { path: '/photos/1.png', name: '1' },
  expected: { width: 4, height: 4 },
  request: { images: ['/photos/1.png'], scales: [1, 2], formats: ['rle'] },
};

/** What is no JSON ends before the reader that is meant. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return textOf(bytes);
  }
}

export const DOCUMENT_READERS: readonly Reader[] = [
  modelFolderReader('model folder: config.json', 'config.json', jsonOf(CONFIG), CONFIG),
  modelFolderReader(
    'model folder: preprocessor_config.json',
    'preprocessor_config.json',
    jsonOf(PREPROCESSOR),
    PREPROCESSOR,
  ),
  modelFolderReader('model folder: quantization.json', QUANTIZATION_FILE, jsonOf(QUANTIZATION), QUANTIZATION),
  {
    name: 'data.yaml',
    seeds: () => [bytesOf(DATA_YAML)],
    structures: yamlStructures,
    read: (bytes) => dataset('data.yaml', bytes),
    cost: 2,
  },
  {
    name: 'class table of a data set',
    seeds: () => [bytesOf(CLASS_TABLE)],
    structures: () => tableStructures(CLASS_TABLE, ','),
    read: (bytes) => {
      parseColorTable(textOf(bytes), 'class_dict.csv');
      return dataset('class_dict.csv', bytes);
    },
  },
  {
    name: 'class names',
    seeds: () => [bytesOf('{names: {0: ground, 1: leaf}}'), bytesOf('["ground", "leaf"]'), bytesOf('ground\nleaf\n')],
    structures: yamlStructures,
    read: (bytes) => {
      const text = textOf(bytes);
      return readClassNames(text, text.startsWith('ground') ? 'classes.txt' : 'classes.yaml');
    },
  },
  {
    name: 'inference request',
    seeds: () => [jsonOf(INFER)],
    structures: () => changedJson(INFER),
    read: (bytes) => readImageInput(readInferRequest(bytes), 10_000),
    isRefusal: (error) => error instanceof Refusal,
  },
  {
    name: 'query of a request',
    seeds: () => [jsonOf({ model: 'a', scales: '0.75,1', flip: '', tile: '64', regions: 'class', opacity: '0.5' })],
    structures: () => changedJson({ model: 'a', scales: '0.75,1', flip: '', tile: '64', opacity: '0.5' }),
    read: (bytes) => {
      // Frameworks give an object, whatever is asked.
      const query = parsed(bytes);
      return readSegmentQuery(
        typeof query === 'object' && query !== null ? (query as Record<string, unknown>) : { '': query },
      );
    },
    isRefusal: (error) => error instanceof Refusal,
  },
  {
    name: 'image job',
    seeds: () => [jsonOf(JOB)],
    structures: () => changedJson(JOB),
    read: (bytes) => parseImageJob(parsed(bytes)),
  },
  {
    name: 'log of a run',
    seeds: () => [new Uint8Array(Buffer.concat([logLine(RECORD), logLine({ ...RECORD, update: 2 })]))],
    structures: () => changedJson(RECORD),
    read: (bytes) => logUpTo(bytes, { update: 1, isEpochClosed: false }),
  },
  {
    name: 'API keys',
    seeds: () => [bytesOf('# keys\nabcdefghijklmnop0123456789\n')],
    structures: (seeds) => damaged(seeds),
    read: (bytes) => readApiKeys(textOf(bytes), 'keys'),
  },
];
