/** The options of `benchmark`: how they are typed, and the request that they are. */
import { type Command, Option } from 'commander';
import type * as z from 'zod';
import { batches, items, type Size, sizes, unique } from '../../../measurement/load.ts';
import { DEVICES, type Device } from '../../../runtime/backend.ts';
import type { BENCHMARK_REQUEST, BenchmarkRequest } from '../../../tasks/benchmark/request.ts';
import { DEFAULT_CLASSES } from '../../../tasks/benchmark/subject.ts';
import { OPTIMIZATION_NAMES } from '../../../tasks/names.ts';
import { oneOf, numberFor } from '../../parse.ts';

/** What was typed. */
export interface BenchmarkOptions extends Pick<BenchmarkRequest, 'optimize' | 'warmup' | 'repeats'> {
  readonly device: readonly Device[];
  readonly size: readonly Size[];
  readonly batch: readonly number[];
  readonly train?: boolean;
  readonly threads?: number;
  readonly classes?: number;
  readonly profile?: boolean;
  readonly calibrate?: boolean;
  readonly json?: boolean;
}

/** Adds them to the command. */
export function addBenchmarkOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--device <names>', 'cpu, webgpu, cuda, coreml, dml or wasm; several by commas')
        .argParser(devices)
        .default(['cpu'], 'cpu'),
    )
    .addOption(
      new Option('--size <sizes>', 'of the images that enter the network, such as 256,512x384')
        .argParser(sizes)
        .default([{ width: 512, height: 512 }], '512'),
    )
    .addOption(new Option('--batch <counts>', 'images at a time, such as 1,4').argParser(batches).default([1], '1'))
    .option('--train', 'measure a training step; --size is the crop')
    .option(
      '--optimize <name>',
      `prepare the network for ${OPTIMIZATION_NAMES.join(', ')}; a step knows speed and none`,
      oneOf('--optimize', OPTIMIZATION_NAMES),
      'speed',
    )
    .option('--warmup <count>', 'runs that do not count', numberFor('--warmup', 'warmupRuns'), 2)
    .option('--repeats <count>', 'runs that count', numberFor('--repeats', 'repeats'), 10)
    .option(
      '--threads <count>',
      "threads of the engine (default: one a core; wasm's is 1)",
      numberFor('--threads', 'threads'),
    )
    .option(
      '--classes <count>',
      `classes of an architecture (default: ${DEFAULT_CLASSES})`,
      numberFor('--classes', 'classes'),
    )
    .option('--profile', 'also show where the time goes: operators by their share')
    .option(
      '--calibrate',
      "measure this machine's costs first, by which graphs are prepared from then on; alone, do only that",
    )
    .option('--json', 'print JSON');
}

/** What they ask for. */
export function benchmarkRequest(
  model: string | undefined,
  options: BenchmarkOptions,
): z.input<typeof BENCHMARK_REQUEST> {
  const { json: _, device, size, batch, ...fields } = options;
  return { ...fields, model, devices: [...device], sizes: [...size], batches: [...batch] };
}

/** `cpu,wasm`. */
export function devices(text: string): readonly Device[] {
  return unique(items(text).map(oneOf('--device', DEVICES)), String);
}
