/** Measures one case: loads it, warms it up, and takes its times and its memory. */

import { summarize } from '../models/summary.ts';
import type { Backend } from '../runtime/backend.ts';
import type { Weights } from '../tensor/weights.ts';
import { type OperatorTime, operatorTimes } from './operator-times.ts';
import type { Load } from './load.ts';
import type { Machine, MemoryGauge } from './machine.ts';
import { inferenceRunner, type Runner, type RunnerOptions, type Subject, trainingRunner } from './runner.ts';
import { type Spread, spreadOf } from './statistics.ts';

export interface Plan {
  readonly training: boolean;
  readonly warmup: number;
  readonly repeats: number;
  /** Bytes that the process took before anything was loaded into an engine. */
  readonly startMemory: number;
}

export interface Measured {
  readonly loadMilliseconds: number;
  /** Milliseconds of a run. */
  readonly latency: Spread;
  readonly imagesPerSecond: number;
  /** The rate of the plain network's work: rewriting for speed does it with fewer operations. */
  readonly gflops: number;
  /** Bytes. */
  readonly memory: {
    /** The most that the whole process took. */
    readonly peak: number;
    /** Without what the process took before anything was loaded into an engine. */
    readonly aboveStart: number;
  };
}

/** What a measurement takes from its platform. */
export interface MeasuringTools {
  readonly memory: MemoryGauge;
  /** A subject's weights in memory, wherever they are. */
  loadWeights(subject: Subject): Promise<Weights>;
}

/** A backward pass is counted as twice the forward pass: gradients of the inputs and of the weights. */
const TRAINING_WORK = 3;

export async function measure(
  subject: Subject,
  load: Load,
  backend: Backend,
  options: RunnerOptions,
  { training, warmup, repeats, startMemory }: Plan,
  tools: MeasuringTools,
): Promise<Measured> {
  const { memory } = tools;
  memory.collectGarbage();
  memory.restartPeak();
  const began = performance.now();
  const runner = await runnerFor(subject, load, backend, options, training, tools);
  const loadMilliseconds = performance.now() - began;
  try {
    for (let run = 0; run < warmup; run++) await runner.run();
    const times: number[] = [];
    for (let run = 0; run < repeats; run++) times.push(await timed(runner));
    const latency = spreadOf(times);
    const peak = memory.peak();
    return {
      loadMilliseconds,
      latency,
      imagesPerSecond: (1000 * load.batch) / latency.p50,
      gflops: workOf(subject, load, training) / latency.p50 / 1e6,
      memory: { peak, aboveStart: Math.max(0, peak - startMemory) },
    };
  } finally {
    await runner.dispose();
  }
}

/** Runs that are enough to see where time goes. */
const PROFILED_RUNS = 3;

/** Operators by share, from runs of their own. */
export async function profile(
  subject: Subject,
  load: Load,
  options: RunnerOptions,
  training: boolean,
  tools: Pick<MeasuringTools, 'loadWeights'> & Pick<Machine, 'profiledBackend'>,
): Promise<readonly OperatorTime[]> {
  const engine = await tools.profiledBackend();
  try {
    const runner = await runnerFor(subject, load, engine.backend, options, training, tools);
    try {
      for (let run = 0; run <= PROFILED_RUNS; run++) await runner.run();
      return operatorTimes(await engine.events(), 1);
    } finally {
      await runner.dispose();
    }
  } finally {
    await engine.dispose();
  }
}

/** Floating-point operations of the plain network, two a multiply-add. */
export function workOf({ definition }: Subject, { batch, width, height }: Load, training: boolean): number {
  const { multiplyAdds } = summarize(definition, { width, height });
  return 2 * multiplyAdds * batch * (training ? TRAINING_WORK : 1);
}

async function runnerFor(
  subject: Subject,
  load: Load,
  backend: Backend,
  options: RunnerOptions,
  training: boolean,
  { loadWeights }: Pick<MeasuringTools, 'loadWeights'>,
): Promise<Runner> {
  if (backend.memoryMapping && !training) return inferenceRunner(subject, load, backend, options);
  const weights = await loadWeights(subject);
  const loaded = { definition: subject.definition, weights };
  return (training ? trainingRunner : inferenceRunner)(loaded, load, backend, options);
}

async function timed(runner: Runner): Promise<number> {
  const began = performance.now();
  await runner.run();
  return performance.now() - began;
}
