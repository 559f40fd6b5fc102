/** How a model is run over photographs: the options that `predict` and `val` share. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { Optimization } from '../graph/rewrite/optimize.ts';
import type { Preprocessing } from '../image/preprocess.ts';
import type { PredictorOptions } from '../inference/predictor.ts';
import type { ProtocolName } from '../inference/protocols.ts';
import type { Precision } from '../inference/precision.ts';
import type { ModelDescription } from '../models/model.ts';
import type { Device } from '../runtime/backend.ts';
import { device, oneOf, resizeRule, wholeNumber } from './parse.ts';

// These lists stand for registries that are loaded only when they are needed.
export const OPTIMIZATION_NAMES = ['speed', 'balanced', 'memory', 'none'] as const satisfies readonly Optimization[];
export const PROTOCOLS = ['plain', 'refinenet', 'refinenet-cityscapes'] as const satisfies readonly ProtocolName[];

const PRECISION_NAMES = ['float32', 'float16', 'int8'] as const satisfies readonly Precision[];

/** What was typed of them. */
export interface RunOptions {
  readonly device: Device;
  readonly threads?: number;
  readonly resize?: Pick<Preprocessing, 'resize'>;
  readonly protocol?: ProtocolName;
  readonly scales?: readonly number[];
  readonly flip?: boolean;
  readonly tile?: number;
  readonly overlap?: number;
  readonly optimize?: Optimization;
  readonly precision?: Precision;
}

/** Adds them to a command. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--device <name>', 'cpu, webgpu, cuda, coreml, dml or wasm', device, 'cpu')
    .option('--threads <count>', 'threads of the engine', wholeNumber('--threads', 1))
    .option(
      '--resize <rule>',
      "size at which images enter the network: none, SHORTER_SIDE or WIDTHxHEIGHT (default: the model's)",
      resizeRule,
    )
    .option('--scales <factors>', 'run at several sizes and average, for example 0.75,1,1.25', scales)
    .option('--flip', 'run each size also mirrored, and average')
    .option(
      '--protocol <name>',
      `sizes and averaging as in a publication: ${PROTOCOLS.join(', ')}`,
      oneOf('--protocol', PROTOCOLS),
    )
    .option('--tile <pixels>', 'run large images tile by tile, which bounds memory', wholeNumber('--tile', 1))
    .option('--overlap <pixels>', 'what neighbouring tiles share (default: 64)', wholeNumber('--overlap', 0))
    .option(
      '--optimize <name>',
      `prepare the network for ${OPTIMIZATION_NAMES.join(', ')}; speed loads longer (default: balanced, speed for many images)`,
      oneOf('--optimize', OPTIMIZATION_NAMES),
    )
    .option(
      '--precision <name>',
      'float32, float16 (for GPUs) or int8 (for CPUs; takes a model calibrated by "refinenet export")',
      oneOf('--precision', PRECISION_NAMES),
    );
}

/** From here on, transforming weights at loading takes less time than it saves. */
const MANY_IMAGES = 50;

/** The predictor's options that they are, for a number of images. */
export function predictorOptions(
  { device, threads, resize, protocol, scales, flip, tile, overlap, optimize, precision }: RunOptions,
  { preprocessing }: Pick<ModelDescription, 'preprocessing'>,
  images: number,
): PredictorOptions {
  return {
    device,
    protocol,
    scales,
    flip,
    tile,
    overlap,
    optimization: optimize ?? (images >= MANY_IMAGES ? 'speed' : 'balanced'),
    preprocessing: { ...preprocessing, ...resize },
    ...(threads !== undefined && { threads }),
    ...(precision !== undefined && { precision }),
  };
}

/** `0.75,1,1.25`: numbers above 0. */
function scales(text: string): readonly number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!numbers.every((number) => number > 0 && Number.isFinite(number))) {
    throw new UsageError(`--scales takes numbers above 0, separated by commas, such as 0.75,1,1.25; got "${text}".`);
  }
  return numbers;
}
