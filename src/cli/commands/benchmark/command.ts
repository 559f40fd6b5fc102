/** `refinenet benchmark`: how fast a network runs or trains here, and how much memory that takes. */
import { stat } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { Option } from 'commander';
import { messageOf, RefineNetError, UsageError } from '../../../errors.ts';
import { OPTIMIZATIONS, type Optimization } from '../../../graph/rewrite/optimize.ts';
import { architecture, ARCHITECTURE_NAMES, architectureName } from '../../../models/architectures.ts';
import { backendFor, wasmBackend } from '../../../platform/node/backend.ts';
import { readModelFolder } from '../../../platform/node/model-folder.ts';
import type { Backend, Device } from '../../../runtime/backend.ts';
import { measure, type Plan, profile } from './measure.ts';
import { batches, devices, type Size, sizes } from './options.ts';
import { calibrateDevice } from './calibrate.ts';
import { measurePeak, PEAK_SIDE } from './peak.ts';
import { effectiveOptimization, type Load, type RunnerOptions, type Subject } from './runner.ts';
import { type BenchmarkRow, benchmarkTable, digits, operatorTable } from './table.ts';
import { drawnWeights } from './weights.ts';
import { EXIT } from '../../exit.ts';
import { fail, note, print, warn } from '../../output.ts';
import { oneOf, wholeNumber } from '../../parse.ts';
import { modelFolder } from '../../../platform/node/model-location.ts';
import type { RegisterCommand } from '../register-command.ts';

export interface BenchmarkOptions {
  readonly device: readonly Device[];
  readonly size: readonly Size[];
  readonly batch: readonly number[];
  readonly train?: boolean;
  readonly optimize: Optimization;
  readonly warmup: number;
  readonly repeats: number;
  readonly threads?: number;
  readonly classes?: number;
  readonly profile?: boolean;
  readonly calibrate?: boolean;
  readonly json?: boolean;
}

const DEFAULT_CLASSES = 21;

export const registerBenchmark: RegisterCommand = (program, exit) => {
  program
    .command('benchmark')
    .description('latency, throughput and memory of a model or an architecture on this machine')
    .argument('[model]', `a model folder, or one of ${ARCHITECTURE_NAMES.join(', ')} (with random weights)`)
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
      `prepare the network for ${OPTIMIZATIONS.join(', ')}; a step knows speed and none`,
      oneOf('--optimize', OPTIMIZATIONS),
      'speed',
    )
    .option('--warmup <count>', 'runs that do not count', wholeNumber('--warmup', 0), 2)
    .option('--repeats <count>', 'runs that count', wholeNumber('--repeats', 1), 10)
    .option('--threads <count>', "threads of the engine (default: its own choice; wasm's is 1)", threads)
    .option('--classes <count>', `classes of an architecture (default: ${DEFAULT_CLASSES})`, classes)
    .option('--profile', 'also show where the time goes: operators by their share')
    .option(
      '--calibrate',
      "measure this machine's costs first, by which graphs are prepared from then on; alone, do only that",
    )
    .option('--json', 'print JSON')
    .action(async (subject: string | undefined, options: BenchmarkOptions) => exit(await run(subject, options)));
};

async function run(subject: string | undefined, options: BenchmarkOptions): Promise<number> {
  if (options.calibrate) for (const device of options.device) await calibrateDevice(device, options.threads);
  else if (subject === undefined) {
    throw new UsageError('benchmark: no model was given. Give a model folder or the name of an architecture.');
  }
  return subject === undefined ? EXIT.success : benchmark(subject, options);
}

const threads = wholeNumber('--threads', 1);
const classes = wholeNumber('--classes', 1);

interface Named extends Subject {
  readonly name: string;
  /** Whether its weights are drawn, not read. */
  readonly isDrawn: boolean;
}

async function benchmark(name: string, options: BenchmarkOptions): Promise<number> {
  if (options.profile && options.device.includes('wasm')) {
    throw new UsageError('--profile needs the native engine; wasm keeps no profile. Leave one of them out.');
  }
  const subject = await openSubject(name, options.classes);
  const { warmup, repeats } = options;
  const plan: Plan = { training: options.train ?? false, warmup, repeats, startMemory: process.memoryUsage.rss() };
  const rows: BenchmarkRow[] = [];
  const engines: Record<string, { engine: string; peakGflops: number; optimization: Optimization }> = {};
  const failures: string[] = [];
  for (const device of options.device) {
    const runner = runnerOptions(device, options);
    const place = runner.threads === undefined ? device : `${device}, ${runner.threads} threads`;
    try {
      const backend = device === 'wasm' ? await wasmBackend(options.threads ?? 1) : await backendFor(device, warn);
      note(`${place}: measuring the peak of matrix products`);
      const peakGflops = await measurePeak(backend, runner);
      engines[device] = { engine: backend.name, peakGflops, optimization: runner.optimization };
      await measureAll(subject, backend, { runner, plan, options, peakGflops }, rows, failures);
    } catch (error) {
      failures.push(described(device, error));
    }
  }
  if (options.json) print(JSON.stringify(document(subject, options, { engines, rows, failures }), null, 2));
  else show(subject, options, { engines, rows });
  for (const failure of failures) fail(failure);
  return failures.length === 0 ? EXIT.success : EXIT.failure;
}

interface Setting {
  readonly runner: RunnerOptions;
  readonly plan: Plan;
  readonly options: BenchmarkOptions;
  readonly peakGflops: number;
}

/** Every size and batch; one that fails, for want of memory perhaps, does not keep the others from being measured. */
async function measureAll(
  subject: Subject,
  backend: Backend,
  { runner, plan, options, peakGflops }: Setting,
  rows: BenchmarkRow[],
  failures: string[],
): Promise<void> {
  const { device } = runner;
  for (const load of loads(options)) {
    const title = `${device}, ${load.width}x${load.height}, batch ${load.batch}`;
    note(`${title}: ${plan.warmup} + ${plan.repeats} ${plan.training ? 'steps' : 'runs'}`);
    try {
      const measured = await measure(subject, load, backend, runner, plan);
      const operators = options.profile ? await profile(subject, load, runner, plan.training) : undefined;
      const peakShare = measured.gflops / peakGflops;
      rows.push({ device, ...load, ...measured, peakShare, ...(operators && { operators }) });
    } catch (error) {
      failures.push(described(title, error));
    }
  }
}

/** Defects are not measured around. */
function described(what: string, error: unknown): string {
  if (!(error instanceof RefineNetError)) throw error;
  return `${what}: ${messageOf(error)}`;
}

function loads({ size, batch }: BenchmarkOptions): readonly Load[] {
  return size.flatMap((each) => batch.map((count) => ({ ...each, batch: count })));
}

function runnerOptions(device: Device, { threads: count, optimize, train }: BenchmarkOptions): RunnerOptions {
  const wanted = train && optimize !== 'none' ? 'speed' : optimize;
  return {
    device,
    optimization: effectiveOptimization(wanted, device),
    ...(count !== undefined && { threads: count }),
  };
}

async function openSubject(name: string, count: number | undefined): Promise<Named> {
  const path = await modelFolder(name);
  if (await stat(path).catch(() => null)) {
    if (count !== undefined) throw new UsageError(`--classes is for architectures; ${name} is a model with its own.`);
    return { name, isDrawn: false, ...(await readModelFolder(path)) };
  }
  if (!(ARCHITECTURE_NAMES as readonly string[]).includes(name)) {
    throw new UsageError(
      `"${name}" is neither a model folder nor an architecture. The architectures are ${ARCHITECTURE_NAMES.join(', ')}.`,
    );
  }
  const definition = architecture(name, count ?? DEFAULT_CLASSES);
  return {
    name,
    isDrawn: true,
    definition,
    weights: await drawnWeights(definition, await backendFor(undefined, warn)),
  };
}

interface Outcome {
  readonly engines: Readonly<Record<string, { engine: string; peakGflops: number; optimization: Optimization }>>;
  readonly rows: readonly BenchmarkRow[];
}

const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  node: process.version,
});

function document(subject: Named, options: BenchmarkOptions, outcome: Outcome & { failures: readonly string[] }) {
  const { warmup, repeats, threads: count } = options;
  return {
    model: subject.name,
    architecture: architectureName(subject.definition),
    classes: subject.definition.classes,
    task: options.train ? 'training' : 'inference',
    machine: machine(),
    warmup,
    repeats,
    threads: count ?? null,
    engines: outcome.engines,
    results: outcome.rows,
    failures: outcome.failures,
  };
}

function show({ name, definition, isDrawn }: Named, options: BenchmarkOptions, { engines, rows }: Outcome): void {
  const { processor, cores, node } = machine();
  const origin = isDrawn ? 'random weights' : architectureName(definition);
  print(`${name}, ${origin}, ${definition.classes} classes`);
  print(`${options.train ? 'One training step' : 'From pixels to logits'}, float32, ${options.repeats} times`);
  print(`${processor}, ${cores} cores, Node ${node.slice(1)}`);
  for (const [device, { engine, peakGflops, optimization }] of Object.entries(engines)) {
    print(
      `${device}: ${engine}, optimized for ${optimization}; products of ${PEAK_SIDE} x ${PEAK_SIDE} matrices reach ${digits(peakGflops)} GFLOP/s`,
    );
  }
  if (rows.length === 0) return;
  print();
  print(benchmarkTable(rows));
  for (const { device, width, height, batch, operators } of rows) {
    if (!operators) continue;
    print();
    print(`Operators on ${device}, ${width}x${height}, batch ${batch}`);
    print(operatorTable(operators));
  }
}
