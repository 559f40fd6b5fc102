/** How a model is run over images: the options that `predict` and `val` share. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { Optimization } from '../graph/rewrite/optimize/inference.ts';
import type { Preprocessing } from '../image/preprocess.ts';
import type { ProtocolName } from '../inference/protocols.ts';
import type { Precision } from '../inference/precision.ts';
import type { Device } from '../runtime/backend.ts';
import { OPTIMIZATION_NAMES, PRECISION_NAMES, PROTOCOL_NAMES } from '../tasks/names.ts';
import { addEngineOptions, resizeOption } from './common-options.ts';
import { oneOf, numberFor } from './parse.ts';

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
  return addEngineOptions(command)
    .addOption(resizeOption(undefined, "the model's"))
    .option('--scales <factors>', 'run at several sizes and average, for example 0.75,1,1.25', scales)
    .option('--flip', 'run each size also mirrored, and average')
    .option(
      '--protocol <name>',
      `sizes and averaging as in a publication: ${PROTOCOL_NAMES.join(', ')}`,
      oneOf('--protocol', PROTOCOL_NAMES),
    )
    .option('--tile <pixels>', 'run large images tile by tile, which bounds memory', numberFor('--tile', 'tile'))
    .option(
      '--overlap <pixels>',
      'what neighboring tiles share (default: 64, or as near as tiles allow)',
      numberFor('--overlap', 'overlap'),
    )
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

/** The fields of a request that they are. */
export function runFields(options: RunOptions) {
  const { device, threads, resize, protocol, scales, flip, tile, overlap, optimize, precision } = options;
  return {
    device,
    threads,
    resize: resize?.resize,
    protocol,
    scales: scales && [...scales],
    flip,
    tile,
    overlap,
    optimize,
    precision,
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
