/** The options of `serve`: how they are typed, and the server that they describe. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { messageOf, UsageError } from '../../../errors.ts';
import type { Optimization } from '../../../graph/rewrite/optimize/inference.ts';
import type { Preprocessing } from '../../../image/preprocess.ts';
import type { Precision } from '../../../inference/precision.ts';
import type { Device } from '../../../runtime/backend.ts';
import type { ServerOptions } from '../../../server/options.ts';
import { OPTIMIZATION_NAMES, PRECISION_NAMES } from '../../../tasks/names.ts';
import { resizeOption } from '../../common-options.ts';
import { device, DEVICE_NAMES } from '../../device.ts';
import { oneOf, port, seconds, wholeNumber } from '../../parse.ts';

/** What was typed. */
export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly engines: number;
  readonly threads?: number;
  readonly queue: number;
  readonly uploadTimeout: number;
  readonly timeout: number;
  readonly drain: number;
  readonly bodyLimit: number;
  readonly pixelLimit?: number;
  readonly apiKey?: string;
  readonly device: Device;
  readonly resize?: Pick<Preprocessing, 'resize'>;
  readonly optimize?: Optimization;
  readonly precision?: Precision;
}

/** Where a key is looked for that no file has. */
export const KEY_VARIABLE = 'REFINENET_API_KEY';

const MEBIBYTE = 2 ** 20;

/** Adds them to the command. */
export function addServeOptions(command: Command): Command {
  return command
    .option('--host <address>', 'where to listen; other machines reach 0.0.0.0, not 127.0.0.1', '127.0.0.1')
    .option('--port <number>', 'where to listen; 0 takes a free one', port, 8080)
    .option(
      '--api-key <file>',
      `let in who brings a key of this file, one a line (also: ${KEY_VARIABLE} in the environment)`,
    )
    .option('--engines <count>', 'processes that segment', wholeNumber('--engines', 1), 1)
    .option(
      '--threads <count>',
      "threads of each (default: its share of the cores; wasm's is 1)",
      wholeNumber('--threads', 1),
    )
    .option('--queue <count>', 'requests that may wait', wholeNumber('--queue', 1), 32)
    .option('--upload-timeout <seconds>', 'that a body may take to come', seconds('--upload-timeout'), 30)
    .option('--timeout <seconds>', 'until a request is given up', seconds('--timeout'), 30)
    .option('--drain <seconds>', 'that accepted requests have after SIGTERM', seconds('--drain'), 60)
    .option('--body-limit <MiB>', 'refuse larger bodies', wholeNumber('--body-limit', 1), 32)
    .option(
      '--pixel-limit <count>',
      'refuse images with more pixels (default: 16000000, or what memory allows)',
      wholeNumber('--pixel-limit', 1024),
    )
    .option('--device <name>', DEVICE_NAMES, device, 'cpu')
    .addOption(resizeOption(undefined, "the model's"))
    .option(
      '--optimize <name>',
      `prepare the network for ${OPTIMIZATION_NAMES.join(', ')} (default: speed)`,
      oneOf('--optimize', OPTIMIZATION_NAMES),
    )
    .option('--precision <name>', 'float32, float16 or int8', oneOf('--precision', PRECISION_NAMES));
}

/** The server they describe. @throws UsageError if the keys cannot be read, or models have no names */
export async function serverOptions(models: readonly string[], options: ServeOptions): Promise<ServerOptions> {
  const {
    host,
    port,
    engines,
    queue,
    uploadTimeout,
    timeout,
    bodyLimit,
    pixelLimit,
    threads,
    device,
    resize,
    optimize,
    precision,
  } = options;
  const { servedModels } = await import('../../../server/model-names.ts');
  return {
    host,
    port,
    engines,
    queue,
    uploadTimeout,
    timeout,
    bodyLimit: bodyLimit * MEBIBYTE,
    apiKeys: await apiKeys(options.apiKey),
    engine: {
      models: await servedModels(models),
      device,
      threads,
      resize: resize?.resize,
      optimize,
      precision,
      pixelLimit,
    },
  };
}

/** A key as an argument would be seen by everybody who lists processes: it comes from a file or the environment. */
async function apiKeys(file: string | undefined): Promise<readonly string[]> {
  const { readApiKeys } = await import('../../../server/http/api-key.ts');
  const variable = process.env[KEY_VARIABLE];
  if (file === undefined) return variable === undefined ? [] : readApiKeys(variable, KEY_VARIABLE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--api-key takes a file with a key; ${file} cannot be read (${messageOf(error)}).`);
  });
  return readApiKeys(text, file);
}
