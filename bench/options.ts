/** The harness's options. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { batches, type Size, sizes } from '../src/measurement/load.ts';
import { oneOf, wholeNumber } from '../src/option-values.ts';
import { ARCHITECTURE_NAMES } from '../src/models/architectures.ts';
import { BENCH_DEVICES, type BenchDevice, CONTESTANTS, type ContestantName, TASKS, type Task } from './assignment.ts';

export interface BenchOptions {
  readonly networks?: readonly string[];
  readonly sizes?: readonly Size[];
  readonly batches?: readonly number[];
  readonly only: readonly Task[];
  readonly contestants: readonly ContestantName[];
  readonly rounds: number;
  readonly seconds: number;
  readonly device: BenchDevice;
  readonly threads: number;
  readonly python: string;
  readonly output: string;
  readonly append?: boolean;
}

const list =
  <T>(one: (text: string) => T) =>
  (text: string): readonly T[] =>
    text.split(',').map((part) => one(part.trim()));

const networks = list(oneOf('--networks', ARCHITECTURE_NAMES));
const tasks = list(oneOf('--only', TASKS));
const contestants = list(oneOf('--contestants', CONTESTANTS));

/** @throws UsageError for a value that is not allowed. */
export function parseOptions(argv: readonly string[]): BenchOptions {
  return new Command('bench')
    .description('measures ours, stock onnxruntime and PyTorch in turn')
    .option('--networks <names>', 'separated by commas', networks)
    .option('--sizes <sizes>', 'such as 256,512x384', sizes)
    .option('--batches <counts>', 'such as 1,4', batches)
    .addOption(new Option('--only <tasks>', TASKS.join(', ')).argParser(tasks).default(TASKS, 'all'))
    .addOption(
      new Option('--contestants <names>', CONTESTANTS.join(', ')).argParser(contestants).default(CONTESTANTS, 'all'),
    )
    .option('--rounds <count>', 'runs of each', wholeNumber('--rounds', 1), 7)
    .option('--seconds <count>', 'after which a case has no more rounds than three', wholeNumber('--seconds', 1), 90)
    .option(
      '--device <name>',
      'cpu, or webgpu beside PyTorch on CUDA; give a folder of its own with --output',
      oneOf('--device', BENCH_DEVICES),
      'cpu' as const,
    )
    .option('--threads <count>', 'of each', wholeNumber('--threads', 1), availableParallelism())
    .option('--python <program>', 'an interpreter with PyTorch, torchvision and NumPy', 'python3')
    .option('--output <folder>', 'where results go', fileURLToPath(new URL('.', import.meta.url)))
    .option('--append', 'keep the results of other cases that are there')
    .parse([...argv], { from: 'user' })
    .opts<BenchOptions>();
}
