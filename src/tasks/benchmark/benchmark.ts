/** `benchmark`: how fast a network runs or trains on this machine, and how much memory that takes. */
import { messageOf, RefineNetError, UsageError } from '../../errors.ts';
import type { Optimization } from '../../graph/rewrite/optimize/inference.ts';
import { throwIfAborted } from '../../inference/segment-options.ts';
import type { Load } from '../../measurement/load.ts';
import type { Machine, MachineDescription } from '../../measurement/machine.ts';
import { measurePeak } from '../../measurement/matrix-peak.ts';
import { type Measured, measure, type Plan, profile } from '../../measurement/measure.ts';
import type { OperatorTime } from '../../measurement/operator-times.ts';
import { effectiveOptimization, type RunnerOptions, trainingOptimization } from '../../measurement/runner.ts';
import { architectureName } from '../../models/architectures.ts';
import type { Backend, Device } from '../../runtime/backend.ts';
import { defineTask, type WorkContext } from '../task.ts';
import { keepCostsOf } from './costs.ts';
import type { BenchmarkEvent } from './events.ts';
import { BENCHMARK_REQUEST, type BenchmarkRequest } from './request.ts';
import { type NamedSubject, openSubject } from './subject.ts';

/** Figures of one size and batch on one device. */
export interface BenchmarkRow extends Load, Measured {
  readonly device: Device;
  /** The share of the measured matrix-product peak, 1 for all of it. */
  readonly peakShare: number;
  readonly operators?: readonly OperatorTime[];
}

/** The engine of a device, and what it can do at most. */
export interface MeasuredEngine {
  readonly engine: string;
  readonly peakGflops: number;
  readonly optimization: Optimization;
}

export interface BenchmarkReport {
  readonly model: string;
  readonly architecture: string;
  readonly classes: number;
  readonly task: 'training' | 'inference';
  readonly machine: MachineDescription;
  readonly warmup: number;
  readonly repeats: number;
  /** null for the engine's own choice. */
  readonly threads: number | null;
  /** By device. */
  readonly engines: Readonly<Record<string, MeasuredEngine>>;
  readonly results: readonly BenchmarkRow[];
  /** What could not be measured and why, a sentence each. */
  readonly failures: readonly string[];
}

export interface BenchmarkResult {
  /** null where no model was given. */
  readonly report: BenchmarkReport | null;
  /** Whether the weights are drawn, not a model's. */
  readonly isDrawn: boolean;
}

export const benchmarkTask = defineTask({ name: 'benchmark', request: BENCHMARK_REQUEST, work: benchmark });

async function benchmark(request: BenchmarkRequest, context: WorkContext<BenchmarkEvent>): Promise<BenchmarkResult> {
  const { machine } = context;
  if (!machine) throw new UsageError('benchmark cannot measure here: it was not told the machine that it runs on.');
  const { model, calibrate, devices, threads } = request;
  if (!calibrate && model === undefined) {
    throw new UsageError('benchmark: no model was given. Give a model folder or the name of an architecture.');
  }
  if (calibrate) for (const device of devices) await keepCostsOf(device, threads, machine, context);
  if (model === undefined) return { report: null, isDrawn: false };
  if (request.profile && devices.includes('wasm')) {
    throw new UsageError('--profile needs the native engine; wasm keeps no profile. Leave one of them out.');
  }
  const subject = await openSubject(model, request, context);
  return { report: await measureSubject(subject, request, machine, context), isDrawn: subject.isDrawn };
}

/** What one of several things gave, or why it gave nothing. */
interface Outcome {
  readonly rows: BenchmarkRow[];
  readonly failures: string[];
}

async function measureSubject(
  subject: NamedSubject,
  request: BenchmarkRequest,
  machine: Machine,
  context: WorkContext<BenchmarkEvent>,
): Promise<BenchmarkReport> {
  const { onEvent } = context;
  const { warmup, repeats, threads, train } = request;
  const plan: Plan = { training: train, warmup, repeats, startMemory: machine.memory.taken() };
  const outcome: Outcome = { rows: [], failures: [] };
  const engines: Record<string, MeasuredEngine> = {};
  for (const device of request.devices) {
    const runner = runnerOptions(device, request);
    await orFailure(device, outcome, context, async () => {
      const backend = await context.backend(device, (message) => onEvent({ type: 'warning', message }));
      const where = threads === undefined ? device : `${device}, ${threads} threads`;
      onEvent({ type: 'note', message: `${where}: measuring the peak of matrix products` });
      const peakGflops = await measurePeak(backend, runner);
      engines[device] = { engine: backend.name, peakGflops, optimization: runner.optimization };
      await measureLoads(subject, backend, { runner, plan, request, peakGflops, machine }, outcome, context);
    });
  }
  return {
    model: subject.name,
    architecture: architectureName(subject.definition),
    classes: subject.definition.classes,
    task: train ? 'training' : 'inference',
    machine: machine.description,
    warmup,
    repeats,
    threads: threads ?? null,
    engines,
    results: outcome.rows,
    failures: outcome.failures,
  };
}

interface Setting {
  readonly runner: RunnerOptions;
  readonly plan: Plan;
  readonly request: BenchmarkRequest;
  readonly peakGflops: number;
  readonly machine: Machine;
}

/** Every size and batch; one that fails, for want of memory perhaps, does not keep the others from being measured. */
async function measureLoads(
  subject: NamedSubject,
  backend: Backend,
  { runner, plan, request, peakGflops, machine }: Setting,
  outcome: Outcome,
  context: WorkContext<BenchmarkEvent>,
): Promise<void> {
  const { device } = runner;
  const tools = { ...machine, loadWeights: context.files.loadWeights };
  for (const size of request.sizes) {
    for (const batch of request.batches) {
      throwIfAborted(context.signal);
      const load = { ...size, batch };
      const title = `${device}, ${load.width}x${load.height}, batch ${batch}`;
      const message = `${title}: ${plan.warmup} + ${plan.repeats} ${plan.training ? 'steps' : 'runs'}`;
      context.onEvent({ type: 'note', message });
      await orFailure(title, outcome, context, async () => {
        const measured = await measure(subject, load, backend, runner, plan, tools);
        const operators = request.profile ? await profile(subject, load, runner, plan.training, tools) : undefined;
        const peakShare = measured.gflops / peakGflops;
        outcome.rows.push({ device, ...load, ...measured, peakShare, ...(operators && { operators }) });
      });
    }
  }
}

/** Notes why something failed. Defects are not measured around. */
async function orFailure(
  name: string,
  { failures }: Outcome,
  { onEvent }: WorkContext<BenchmarkEvent>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RefineNetError)) throw error;
    const message = `${name}: ${messageOf(error)}`;
    failures.push(message);
    onEvent({ type: 'failure', name, message });
  }
}

function runnerOptions(device: Device, { threads, optimize, train }: BenchmarkRequest): RunnerOptions {
  return {
    device,
    optimization: (train ? trainingOptimization : effectiveOptimization)(optimize, device),
    ...(threads !== undefined && { threads }),
  };
}
