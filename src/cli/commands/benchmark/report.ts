/** What `benchmark` says while it works and at its end. */
import { PEAK_SIDE } from '../../../measurement/matrix-peak.ts';
import type { BenchmarkReport, BenchmarkResult } from '../../../tasks/benchmark/benchmark.ts';
import type { BenchmarkEvent, CostsEvent } from '../../../tasks/benchmark/events.ts';
import { EXIT } from '../../exit.ts';
import { fail, note, print, warn } from '../../output.ts';
import { progressBars } from '../../progress-bars.ts';
import { benchmarkTable, digits, operatorTable } from './table.ts';

export interface BenchmarkTold {
  readonly onEvent: (event: BenchmarkEvent) => void;
  /** Says what is left to say. @returns the exit code. */
  conclude(result: BenchmarkResult): number;
  /** Ends the bar. */
  end(): void;
}

type Told = {
  readonly [Type in BenchmarkEvent['type']]: (event: Extract<BenchmarkEvent, { readonly type: Type }>) => void;
};

export function benchmarkReport({ json = false }: { readonly json?: boolean }): BenchmarkTold {
  const bars = progressBars();
  const told: Told = {
    note: ({ message }) => note(message),
    warning: ({ message }) => warn(message),
    progress: (event) => bars.show(event),
    costs(event) {
      bars.stop();
      noteCosts(event);
    },
    // Said at the end, below the table.
    failure: () => {},
  };
  return {
    onEvent: (event) => (told[event.type] as (event: BenchmarkEvent) => void)(event),
    conclude({ report, isDrawn }) {
      if (!report) return EXIT.success;
      if (json) print(JSON.stringify(report, null, 2));
      else printReport(report, isDrawn);
      for (const failure of report.failures) fail(failure);
      return report.failures.length === 0 ? EXIT.success : EXIT.failure;
    },
    end: () => bars.stop(),
  };
}

function noteCosts({ engine, costs, place }: CostsEvent): void {
  const { convolution, training, product, tiles } = costs;
  const rate = (nanoseconds: number): string => `${(1 / nanoseconds).toFixed(0)} G multiply-adds a second`;
  note(`${engine}: convolutions ${rate(convolution.multiplyAdd)}, products ${rate(product.multiplyAdd)}`);
  note(
    `in training: forward ${rate(training.forward)}, gradients of inputs ${rate(training.input)}, of weights ${rate(training.weight)}`,
  );
  for (const [tile, { input, output, kernel }] of Object.entries(tiles)) {
    note(
      `tiles of ${tile}: input ${input.toFixed(0)} ns, output ${output.toFixed(0)} ns, kernel ${kernel.toFixed(0)} ns`,
    );
  }
  note(`Kept in ${place}.`);
}

function printReport(report: BenchmarkReport, isDrawn: boolean): void {
  const { processor, cores, node } = report.machine;
  print(`${report.model}, ${isDrawn ? 'random weights' : report.architecture}, ${report.classes} classes`);
  const what = report.task === 'training' ? 'One training step' : 'From pixels to logits';
  print(`${what}, float32, ${report.repeats} times`);
  print(`${processor}, ${cores} cores, Node ${node.slice(1)}`);
  for (const [device, { engine, peakGflops, optimization }] of Object.entries(report.engines)) {
    print(
      `${device}: ${engine}, optimized for ${optimization}; products of ${PEAK_SIDE} x ${PEAK_SIDE} matrices reach ${digits(peakGflops)} GFLOP/s`,
    );
  }
  if (report.results.length === 0) return;
  print();
  print(benchmarkTable(report.results));
  for (const { device, width, height, batch, operators } of report.results) {
    if (!operators) continue;
    print();
    print(`Operators on ${device}, ${width}x${height}, batch ${batch}`);
    print(operatorTable(operators));
  }
}
