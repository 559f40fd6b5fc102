/** How a model is run over images: the fields that requests over images share. */
import * as z from 'zod';
import { UsageError } from '../errors.ts';
import type { Optimization } from '../graph/rewrite/optimize/inference.ts';
import type { PredictorOptions } from '../inference/predictor.ts';
import { PROTOCOLS } from '../inference/protocols.ts';
import type { ModelDescription } from '../models/model.ts';
import { DEVICES } from '../runtime/backend.ts';
import { OPTIMIZATION_NAMES, PRECISION_NAMES, PROTOCOL_NAMES } from './names.ts';
import { numberField } from './number-field.ts';

const pixels = numberField('tile');

/** The engine: its device, and its threads where not one a core. */
export const ENGINE_FIELDS = {
  device: z.enum(DEVICES).default('cpu'),
  threads: numberField('threads').optional(),
};

/** Size at which images enter the network: null for their own. */
export const RESIZE_RULE = z
  .union([
    z.strictObject({ width: pixels, height: pixels }),
    z.strictObject({ shortestEdge: pixels }),
    z.strictObject({ longestEdge: pixels }),
  ])
  .nullable();

export const RUN_FIELDS = {
  ...ENGINE_FIELDS,
  /** What the model says when left out. */
  resize: RESIZE_RULE.optional(),
  protocol: z.enum(PROTOCOL_NAMES).optional(),
  /** Factors of the input size, each run and the results averaged. */
  scales: z.array(z.number().positive()).min(1).optional(),
  /** Run each size also mirrored. */
  flip: z.boolean().optional(),
  /** Pixels of the longest side of a tile. */
  tile: pixels.optional(),
  /** Pixels that neighboring tiles share. */
  overlap: numberField('overlap').optional(),
  optimize: z.enum(OPTIMIZATION_NAMES).optional(),
  precision: z.enum(PRECISION_NAMES).optional(),
};

/** These fields of a request. */
export type RunFields = z.output<z.ZodObject<typeof RUN_FIELDS>>;

/** From here on, transforming weights at loading takes less time than it saves. */
const MANY_IMAGES = 50;

/** What a network is prepared for where that is not said: it may take long for many images. */
export const optimizationFor = ({ optimize }: Pick<RunFields, 'optimize'>, images: number): Optimization =>
  optimize ?? (images >= MANY_IMAGES ? 'speed' : 'balanced');

/**
 * The predictor's options that they are, for a number of images.
 * @throws UsageError if a size is given with a protocol that chooses sizes itself.
 */
export function predictorOptions(
  { device, threads, resize, protocol, scales, flip, tile, overlap, optimize, precision }: RunFields,
  { preprocessing }: Pick<ModelDescription, 'preprocessing'>,
  images: number,
): PredictorOptions {
  if (resize !== undefined && protocol !== undefined && PROTOCOLS[protocol].setsSizes) {
    throw new UsageError(
      `resize was given with the protocol "${protocol}", which chooses the sizes itself. Leave out one of them, or choose other scales.`,
    );
  }
  return {
    device,
    protocol,
    scales,
    flip,
    tile,
    overlap,
    optimization: optimizationFor({ optimize }, images),
    preprocessing: { ...preprocessing, ...(resize !== undefined && { resize }) },
    ...(threads !== undefined && { threads }),
    ...(precision !== undefined && { precision }),
  };
}
