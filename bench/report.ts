/** The results as a page: `results.md`. */
import { type BenchDevice, CONTESTANTS, type ContestantName, type Task } from './assignment.ts';
import { entriesOf, largest } from './differences.ts';
import { type CaseResult, fastestOf, medianOf, ratios, type Results, type Timed, timesOf } from './results.ts';

const SECTIONS: readonly { readonly task: Task; readonly title: string; readonly text: string }[] = [
  {
    task: 'inference',
    title: 'Inference',
    text: 'From pixels to logits, float32. Stock: the plain ONNX export in onnxruntime-node with its default options.',
  },
  {
    task: 'training',
    title: 'Training step',
    text: 'Forward, backward, SGD with momentum; batch norm with fixed statistics, trained weights. Stock: the step without rewriting for speed.',
  },
  {
    task: 'wasm',
    title: "Inference on onnxruntime's WASM build, in Node",
    text: 'Stock: the plain ONNX export in onnxruntime-web with its default options.',
  },
];

const WHERE: Readonly<Record<BenchDevice, (threads: number) => string>> = {
  cpu: (threads) => `${threads} threads each`,
  webgpu: () => 'on the graphics card: WebGPU, and CUDA for PyTorch with TF32 off',
};

/** One table a task, largest networks first as they were measured. */
export function report({ machine, threads, device = 'cpu', cases }: Results): string {
  const dates = [...new Set(cases.map(({ date }) => date.slice(0, 10)))].sort();
  const lines = [
    '# Measured: ours, stock onnxruntime, PyTorch',
    '',
    `${machine.processor}, ${machine.cores} cores, ${Math.round(machine.memory / 2 ** 30)} GiB, ${machine.system}; ${machine.software.join(', ')}; ${WHERE[device](threads)}; ${dates.join(', ')}.`,
    '',
    'All are loaded at the same time in processes of their own and run in turn, so that all see the same machine. Times are the',
    'fastest round and, in brackets, the median; ratios are those of the fastest, and of the medians. A time counts only if the',
    'results agree: logits and loss within 1e-4 relative, gradients, which jump where rounding switches a rectifier, within 3e-2;',
    'the largest differences are shown. GFLOP/s count the plain network, two operations a multiply-add and three forward passes a',
    'step; the peak is that of a large matrix product on the same engine, just before. Rewriting needs fewer operations, so that',
    'more than 100 % is possible.',
    '',
  ];
  for (const { task, title, text } of SECTIONS) {
    const own = cases.filter((each) => each.task === task);
    if (own.length === 0) continue;
    lines.push(`## ${title}`, '', text, '', ...caseTable(own), '', ...failures(own), ...operatorTables(own));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

const TITLES: Readonly<Record<ContestantName, string>> = { ours: 'ours', stock: 'stock', pytorch: 'PyTorch' };

function caseTable(cases: readonly CaseResult[]): string[] {
  const names = CONTESTANTS.filter((name) => cases.some(({ contestants }) => contestants[name] !== undefined));
  const others = names.filter((name) => name !== 'ours');
  const head = [
    'network',
    'size',
    'batch',
    ...names.map((name) => `${TITLES[name]}, ms`),
    ...others.map((name) => `faster than ${TITLES[name]}`),
    'GFLOP/s',
    'of peak',
    `peak memory, MB: ${names.map((name) => TITLES[name]).join(', ')}`,
    'difference',
  ];
  const rows = cases.map((result) => [
    result.network,
    `${result.width} x ${result.height}`,
    String(result.batch),
    ...names.map((name) => timeCell(result, name)),
    ...others.map((name) => ratioCell(result, name)),
    ...rooflineCells(result),
    names.map((name) => mapped(timesOf(result, name), ({ peak }) => (peak / 1e6).toFixed(0))).join(', '),
    differenceCell(result),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)];
}

const mapped = (timed: Timed | undefined, text: (timed: Timed) => string): string => (timed ? text(timed) : '-');

const milliseconds = (seconds: number): string => (1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0);

const timeCell = (result: CaseResult, name: ContestantName): string =>
  mapped(timesOf(result, name), (timed) => `${milliseconds(fastestOf(timed))} (${milliseconds(medianOf(timed))})`);

function ratioCell(result: CaseResult, other: ContestantName): string {
  const found = ratios(result, other);
  return found ? `**${found.fastest.toFixed(2)}** (${found.median.toFixed(2)})` : '-';
}

function rooflineCells(result: CaseResult): string[] {
  const timed = timesOf(result, 'ours');
  if (!timed) return ['-', '-'];
  const reached = result.operations / fastestOf(timed);
  return [(reached / 1e9).toFixed(0), `${((100 * reached) / result.peakOperations).toFixed(0)} %`];
}

function differenceCell(result: CaseResult): string {
  const others = CONTESTANTS.filter((name) => name !== result.reference).flatMap((name) => timesOf(result, name) ?? []);
  const found = entriesOf(largest(others.map(({ differences }) => differences)));
  if (found.length === 0) return '-';
  return found.map(([name, value]) => `${found.length > 1 ? `${name} ` : ''}${value.toExponential(0)}`).join(', ');
}

function failures(cases: readonly CaseResult[]): string[] {
  const lines = cases.flatMap(({ network, width, height, batch, contestants }) =>
    CONTESTANTS.flatMap((name) => {
      const found = contestants[name];
      if (!found || !('failed' in found)) return [];
      return [`- ${network}, ${width} x ${height}, batch ${batch}, ${TITLES[name]}: ${found.failed}`];
    }),
  );
  return lines.length === 0 ? [] : ['Not measured:', '', ...lines, ''];
}

/** Operators with a smaller share are summed up. */
const LEAST_SHARE = 0.01;

function operatorTables(cases: readonly CaseResult[]): string[] {
  const lines = cases.flatMap(({ network, width, height, batch, operators }) => {
    if (!operators) return [];
    const shown = operators.filter(({ share }) => share >= LEAST_SHARE);
    const rest = 1 - shown.reduce((sum, { share }) => sum + share, 0);
    const shares = shown.map(({ operator, share }) => `${operator} ${(100 * share).toFixed(0)} %`);
    return [
      `- ${network}, ${width} x ${height}, batch ${batch}: ${[...shares, `others ${(100 * rest).toFixed(0)} %`].join(', ')}`,
    ];
  });
  return lines.length === 0 ? [] : ['Where the time of ours goes, by operator:', '', ...lines, ''];
}
