/** The options of `predict`: how they are typed, and the request that they are. */
import type { Command } from 'commander';
import type * as z from 'zod';
import { UsageError } from '../../../errors.ts';
import { SHIPPED_MODELS } from '../../../platform/node/model-location.ts';
import { OUTPUT_FORMAT_NAMES, REGIONS, type Regions, VIDEO_MASKS } from '../../../tasks/names.ts';
import type { PREDICT_REQUEST } from '../../../tasks/predict/request.ts';
import type { Shard } from '../../../tasks/predict/shard.ts';
import { numberFor, oneOf } from '../../parse.ts';
import { addRunOptions, type RunOptions, runFields } from '../../run-options.ts';
import { shard } from '../../shard.ts';

/** What was typed. */
export interface PredictOptions extends RunOptions {
  readonly model?: string;
  readonly output: string;
  readonly probabilities?: boolean;
  readonly logits?: boolean;
  readonly format?: FormatNames;
  readonly regions?: Regions;
  readonly minimumPixels?: number;
  readonly tolerance?: number;
  readonly opacity: number;
  readonly every?: number;
  readonly smooth?: number;
  readonly masks?: (typeof VIDEO_MASKS)[number];
  readonly shard?: Shard;
  readonly pixelLimit?: number;
  readonly queue?: string;
  readonly json?: boolean;
}

/** Adds them to the command. */
export function addPredictOptions(command: Command): Command {
  command
    .option(
      '--model <folder>',
      `the model: a folder, or the name of a shipped one, ${SHIPPED_MODELS.join(' or ')} (default: ${SHIPPED_MODELS[0]})`,
    )
    .option('--output <folder>', 'where results go', 'runs/predict');
  return addRunOptions(command)
    .option('--probabilities', 'also write STEM.probabilities.npy, float32 [classes, height, width]')
    .option('--logits', "also write STEM.logits.npy, the network's own output, float32 [1, classes, h, w]")
    .option('--format <names>', `also write, separated by commas: ${OUTPUT_FORMAT_NAMES.join(', ')}`, formatNames)
    .option('--regions <kind>', `what these list: each ${REGIONS.join(' or each ')}`, oneOf('--regions', REGIONS))
    .option(
      '--minimum-pixels <count>',
      'leave smaller regions out of them',
      numberFor('--minimum-pixels', 'minimumPixels'),
    )
    .option(
      '--tolerance <pixels>',
      'how far polygons may stray from edges (default: 0)',
      numberFor('--tolerance', 'tolerance'),
    )
    .option('--opacity <number>', 'of the colors in the overlay, 0 to 1', numberFor('--opacity', 'opacity'), 0.5)
    .option('--every <count>', 'of a video, segment every n-th frame only (default: 1)', numberFor('--every', 'every'))
    .option(
      '--smooth <frames>',
      'of a video, show another class once it was predicted so often in a row (default: 1)',
      numberFor('--smooth', 'smooth'),
    )
    .option(
      '--masks <kind>',
      `of a video, a PNG a frame, one video without loss, or none: ${VIDEO_MASKS.join(', ')} (default: png)`,
      oneOf('--masks', VIDEO_MASKS),
    )
    .option(
      '--shard <i/n>',
      'only the i-th of n equal parts of the images; auto asks Slurm, Kubernetes or MPI',
      (text: string) => shard(text),
    )
    .option('--pixel-limit <count>', 'refuse images with more pixels', numberFor('--pixel-limit', 'pixelLimit'))
    .option('--queue <address>', 'let workers segment them (refinenet worker), by the queue at redis://HOST')
    .option('--json', 'print one JSON object a line instead of text');
}

/** What they ask for. */
export function predictRequest(images: readonly string[], options: PredictOptions): z.input<typeof PREDICT_REQUEST> {
  const { json: _, queue: __, every: ___, smooth: ____, masks: _____, format, ...fields } = options;
  return { ...fields, ...runFields(options), images: [...images], ...(format && { formats: [...format] }) };
}

/** @throws UsageError if options are given that only videos have. */
export function assertNoVideoOptions(options: PredictOptions): void {
  const given = (['every', 'smooth', 'masks'] as const).filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  throw new UsageError(`${given.map((name) => `--${name}`).join(', ')}: these are for videos, and none was given.`);
}

type FormatNames = readonly (typeof OUTPUT_FORMAT_NAMES)[number][];

/** `rle,polygons`: names of formats, each once. */
export function formatNames(text: string): FormatNames {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const unknown = names.filter((name) => !(OUTPUT_FORMAT_NAMES as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `--format takes ${OUTPUT_FORMAT_NAMES.join(', ')}, separated by commas; got "${unknown.join(', ')}".`,
    );
  }
  return names as unknown as FormatNames;
}
