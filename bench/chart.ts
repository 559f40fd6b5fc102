/** The results as an image: `results.svg`. */
import { type ChartSeries, lineChart } from '../src/drawing/line-chart.ts';
import type { Case, ContestantName, Task } from './assignment.ts';
import { type CaseResult, fastestOf, ratios, type Results, type Timed, timesOf } from './results.ts';

const WIDTH = 860;
const CHART_HEIGHT = 460;
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, DejaVu Sans, sans-serif"';
const INK = '#1f2430';
const FAINT_INK = '#5b6270';
const GRID = '#e4e7ec';
const COLORS: Readonly<Record<Exclude<ContestantName, 'ours'>, string>> = { stock: '#2563eb', pytorch: '#d9730d' };
const LABELS: Readonly<Record<Exclude<ContestantName, 'ours'>, string>> = {
  stock: 'than stock onnxruntime',
  pytorch: 'than PyTorch',
};
const OTHERS = ['stock', 'pytorch'] as const;
/** One a network, far apart in hue and lightness. */
const SERIES_COLORS = ['#2563eb', '#d9730d', '#0f8a5f', '#b4318f', '#5b6270', '#8a6d00', '#0891b2', '#7c3aed'];

/** Below each other: ratios by network, and time against pixels and against batch, as far as there are results for them. */
export function chart(results: Results): string {
  const charts = [
    ...(['inference', 'training', 'wasm'] as const).flatMap((task) => ratioChart(results, task)),
    ...(['inference', 'training'] as const).flatMap((task) => growthCharts(results, task)),
  ];
  let y = 0;
  const placed = charts.map(({ svg, height }) => {
    const nested = svg.replace('<svg ', `<svg y="${y}" `);
    y += height;
    return nested;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}">`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    ...placed,
    '</svg>',
    '',
  ].join('\n');
}

interface Chart {
  readonly svg: string;
  readonly height: number;
}

/** Name of a network in a legend: `RefineNet-101`, `Light-Weight-50`. */
export function shortName(network: string): string {
  const backbone = network.replace(/^refinenet-(lw-)?/, '').replace(/^resnet/, '');
  const family = network.startsWith('refinenet-lw-') ? 'Light-Weight' : 'RefineNet';
  return `${family}-${backbone === 'mobilenetv2' ? 'MobileNetV2' : backbone}`;
}

const BAR = 15;
const GROUP_GAP = 14;
const TOP = 70;
const LEFT = 340;
const RIGHT = 70;

const TASK_TITLES: Readonly<Record<Task, string>> = {
  inference: 'Inference',
  training: 'Training step',
  wasm: 'Inference on WASM in Node',
};

/** Each network's case that is nearest to how it is used: 512 x 512 of one image, or the smallest crop with the largest batch. */
function typicalCases(results: Results, task: Task): readonly CaseResult[] {
  const strangeness = ({ width, height, batch }: Case): number =>
    task === 'training'
      ? width * height - batch
      : 100 * Math.abs(Math.log(width * height) - Math.log(512 * 512)) + batch;
  const best = new Map<string, CaseResult>();
  for (const result of results.cases.filter((each) => each.task === task)) {
    const before = best.get(result.network);
    if (!before || strangeness(result) < strangeness(before)) best.set(result.network, result);
  }
  return [...best.values()];
}

function ratioChart(results: Results, task: Task): Chart[] {
  const cases = typicalCases(results, task).filter((each) => OTHERS.some((other) => ratios(each, other)));
  if (cases.length === 0) return [];
  const shown = OTHERS.filter((other) => cases.some((each) => ratios(each, other)));
  const values = cases.flatMap((each) => OTHERS.flatMap((other) => ratios(each, other)?.fastest ?? []));
  const most = Math.max(1.2, ...values);
  const step = most > 6 ? 2 : most > 2.4 ? 1 : 0.5;
  const x = (ratio: number): number => Math.round(LEFT + ((WIDTH - LEFT - RIGHT) * ratio) / most);
  const groupHeight = shown.length * BAR + GROUP_GAP;
  const bottom = TOP + cases.length * groupHeight;
  const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
  const bars = cases.flatMap((result, index) => {
    const top = TOP + index * groupHeight;
    const label = `${shortName(result.network)}, ${result.width} x ${result.height}, batch ${result.batch}`;
    return [
      `<text x="${LEFT - 10}" y="${top + (shown.length * BAR) / 2 + 4}" text-anchor="end" fill="${INK}">${label}</text>`,
      ...shown.flatMap((other, row) => {
        const ratio = ratios(result, other)?.fastest;
        if (ratio === undefined) return [];
        const y = top + row * BAR;
        return [
          `<rect x="${LEFT}" y="${y}" width="${x(ratio) - LEFT}" height="${BAR - 2}" fill="${COLORS[other]}"/>`,
          `<text x="${x(ratio) + 6}" y="${y + 11}" fill="${INK}" font-size="12">${ratio.toFixed(2)}</text>`,
        ];
      }),
    ];
  });
  const legend = shown.map(
    (other, index) =>
      `<rect x="${LEFT + index * 210}" y="42" width="14" height="12" fill="${COLORS[other]}"/>` +
      `<text x="${LEFT + 20 + index * 210}" y="53" fill="${INK}">${LABELS[other]}</text>`,
  );
  const height = bottom + 34;
  const svg = [
    `<svg width="${WIDTH}" height="${height}" ${FONT} font-size="13">`,
    `<text x="24" y="28" font-size="17" font-weight="600" fill="${INK}">${TASK_TITLES[task]}: how many times faster ours is</text>`,
    ...legend,
    ...ticks.map(
      (tick) =>
        `<path d="M${x(tick)} ${TOP - 6}V${bottom - 6}" stroke="${tick === 1 ? FAINT_INK : GRID}"/>` +
        `<text x="${x(tick)}" y="${bottom + 12}" text-anchor="middle" fill="${FAINT_INK}">${tick}</text>`,
    ),
    ...bars,
    '</svg>',
  ].join('\n');
  return [{ svg, height }];
}

/** Times as a share of each network's largest, so that linear growth is one line for all. */
function growthCharts(results: Results, task: Task): Chart[] {
  const measured = results.cases.filter((each) => each.task === task && timesOf(each, 'ours'));
  const smallest = Math.min(...measured.map(({ batch }) => batch));
  const common = commonSize(measured);
  return [
    ...growthChart(
      `${TASK_TITLES[task]}: time against pixels, batch ${smallest}`,
      'thousands of pixels',
      ({ width, height }) => (width * height) / 1000,
      measured.filter(({ batch }) => batch === smallest),
    ),
    ...growthChart(
      `${TASK_TITLES[task]}: time against batch, ${common}`,
      'batch',
      ({ batch }) => batch,
      measured.filter((each) => sizeName(each) === common),
    ),
  ];
}

function growthChart(title: string, x: string, along: (each: Case) => number, cases: readonly CaseResult[]): Chart[] {
  const end = Math.max(...cases.map(along));
  const networks = [...new Set(cases.map(({ network }) => network))];
  const series = networks.flatMap((network, index): ChartSeries[] => {
    const points = cases
      .filter((each) => each.network === network)
      .map((each): [number, number] => [along(each), fastestOf(timesOf(each, 'ours') as Timed)])
      .sort((a, b) => a[0] - b[0]);
    const last = points.at(-1);
    if (!last || points.length < 2) return [];
    const percent = (100 * last[0]) / end / last[1];
    return [
      {
        label: shortName(network),
        color: SERIES_COLORS[index % SERIES_COLORS.length] as string,
        points: points.map(([place, seconds]) => [place, percent * seconds]),
        markers: true,
      },
    ];
  });
  if (series.length === 0) return [];
  const linear: ChartSeries = {
    label: 'linear',
    color: INK,
    faint: true,
    points: [
      [0, 0],
      [end, 100],
    ],
  };
  const options = { title, x, y: 'share of the longest time, %', fromZero: true, series: [...series, linear] };
  return [{ svg: lineChart(options), height: CHART_HEIGHT }];
}

const sizeName = ({ width, height }: Case): string => `${width} x ${height}`;

/** The size with the most batches measured. */
function commonSize(cases: readonly CaseResult[]): string {
  const counts = new Map<string, number>();
  for (const each of cases) counts.set(sizeName(each), (counts.get(sizeName(each)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
