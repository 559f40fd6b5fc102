/** `refinenet benchmark`: how fast a network runs or trains here, and how much memory that takes. */
import { ARCHITECTURE_NAMES } from '../../../models/architectures.ts';
import { backendFor } from '../../../platform/node/backend.ts';
import { nodeMachine } from '../../../platform/node/machine.ts';
import { nodeTaskFiles } from '../../../platform/node/task-files.ts';
import { benchmarkTask } from '../../../tasks/benchmark/benchmark.ts';
import type { RegisterCommand } from '../register-command.ts';
import { addBenchmarkOptions, type BenchmarkOptions, benchmarkRequest } from './options.ts';
import { benchmarkReport } from './report.ts';

export const registerBenchmark: RegisterCommand = (program, exit) => {
  const command = program
    .command('benchmark')
    .description('latency, throughput and memory of a model or an architecture on this machine')
    .argument('[model]', `a model folder, or one of ${ARCHITECTURE_NAMES.join(', ')} (with random weights)`);
  addBenchmarkOptions(command).action(async (model: string | undefined, options: BenchmarkOptions) =>
    exit(await benchmark(model, options)),
  );
};

async function benchmark(model: string | undefined, options: BenchmarkOptions): Promise<number> {
  const report = benchmarkReport(options);
  try {
    const result = await benchmarkTask.run(benchmarkRequest(model, options), {
      backend: backendFor,
      files: nodeTaskFiles,
      machine: nodeMachine,
      onEvent: report.onEvent,
    });
    report.end();
    return report.conclude(result);
  } finally {
    report.end();
  }
}
