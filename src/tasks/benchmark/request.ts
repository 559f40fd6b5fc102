/** What can be asked of `benchmark`. */
import * as z from 'zod';
import { SMALLEST_SIDE } from '../../measurement/load.ts';
import { DEVICES } from '../../runtime/backend.ts';
import { OPTIMIZATION_NAMES } from '../names.ts';
import { numberField } from '../number-field.ts';
import { ENGINE_FIELDS } from '../run-options.ts';

const side = z.int().min(SMALLEST_SIDE);

export const BENCHMARK_REQUEST = z.strictObject({
  /** A model's folder, package or shipped name, or an architecture, whose weights are drawn; may lack where costs are measured. */
  model: z.string().optional(),
  devices: z.array(z.enum(DEVICES)).min(1).default(['cpu']),
  /** The size of the images that enter the network. */
  sizes: z
    .array(z.strictObject({ width: side, height: side }))
    .min(1)
    .default([{ width: 512, height: 512 }]),
  /** Images at a time. */
  batches: z.array(numberField('batch')).min(1).default([1]),
  /** Measures a training step instead of a run. */
  train: z.boolean().default(false),
  /** What the network is prepared for; a step knows `speed` and `none`. */
  optimize: z.enum(OPTIMIZATION_NAMES).default('speed'),
  /** Runs that do not count. */
  warmup: numberField('warmupRuns').default(2),
  /** Runs that count. */
  repeats: numberField('repeats').default(10),
  threads: ENGINE_FIELDS.threads,
  /** How many classes an architecture has. */
  classes: numberField('classes').optional(),
  /** Finds also where the time goes. */
  profile: z.boolean().default(false),
  /** First measures the machine's costs, by which graphs are prepared from then on. */
  calibrate: z.boolean().default(false),
});

export type BenchmarkRequest = z.output<typeof BENCHMARK_REQUEST>;
