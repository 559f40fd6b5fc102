/** Plots of a run as SVG: loss, validation mIoU and learning rates. */
import { type ChartSeries, lineChart } from '../../drawing/line-chart.ts';
import type { EpochRecord, LogRecord, StepRecord, ValidationRecord } from './log.ts';
import { PARAMETER_GROUPS } from '../step/types.ts';

const BLUE = '#2563eb';
const ORANGE = '#d9730d';
const GREEN = '#0f8a5f';
const GROUP_COLORS = { encoder: BLUE, decoder: ORANGE, classifier: GREEN } as const;

/** More points than this are thinned out for drawing. */
const MOST_POINTS = 2000;

/** How much each loss counts in the smoothed line: about the last fiftieth of the run. */
const SMOOTHED_PART = 1 / 50;

/** The plots that the records allow, SVG texts by file name. */
export function runPlots(records: readonly LogRecord[]): ReadonlyMap<string, string> {
  const steps = records.filter((record): record is StepRecord => record.type === 'step');
  const epochs = records.filter((record): record is EpochRecord => record.type === 'epoch');
  const validations = records.filter((record): record is ValidationRecord => record.type === 'validation');
  const plots = new Map<string, string>();
  if (steps.length > 1) {
    plots.set('loss.svg', lossPlot(steps));
    plots.set('learning-rate.svg', ratePlot(steps));
  }
  if (validations.length > 0) plots.set('miou.svg', scorePlot(validations, epochs));
  return plots;
}

function lossPlot(steps: readonly StepRecord[]): string {
  const points = steps.map(({ update, loss }): Point => [update, loss]);
  return lineChart({
    title: 'Training loss',
    x: 'updates',
    y: 'loss',
    fromZero: true,
    series: [
      { label: 'each update', color: BLUE, faint: true, points: thinned(points) },
      { label: 'smoothed', color: BLUE, points: thinned(smoothed(points)) },
    ],
  });
}

function scorePlot(validations: readonly ValidationRecord[], epochs: readonly EpochRecord[]): string {
  const percent = (value: number) => 100 * value;
  const scored = validations.filter(({ meanIoU }) => Number.isFinite(meanIoU) && meanIoU !== null);
  return lineChart({
    title: 'Validation',
    x: 'epochs',
    y: 'percent',
    fromZero: true,
    series: [
      {
        label: 'mean IoU',
        color: ORANGE,
        markers: true,
        points: scored.map(({ epoch, meanIoU }) => [epoch, percent(meanIoU)]),
      },
      {
        label: 'pixel accuracy',
        color: GREEN,
        markers: true,
        points: scored.map(({ epoch, pixelAccuracy }) => [epoch, percent(pixelAccuracy)]),
      },
      {
        label: 'pixel accuracy in training',
        color: GREEN,
        faint: true,
        points: epochs.map(({ epoch, accuracy }) => [epoch, percent(accuracy)]),
      },
    ],
  });
}

function ratePlot(steps: readonly StepRecord[]): string {
  const all = PARAMETER_GROUPS.map(
    (group): ChartSeries => ({
      label: group,
      color: GROUP_COLORS[group],
      points: thinned(steps.map(({ update, rates }): Point => [update, rates[group]])),
    }),
  );
  // Groups with the same rates are one line.
  const series: ChartSeries[] = [];
  for (const each of all) {
    const same = series.findIndex(({ points }) => points.every(([, rate], index) => rate === each.points[index]?.[1]));
    const other = series[same];
    if (other) series[same] = { ...other, label: `${other.label}, ${each.label}` };
    else series.push(each);
  }
  return lineChart({ title: 'Learning rate', x: 'updates', y: 'rate', fromZero: true, series });
}

type Point = readonly [x: number, y: number];

/** An exponential mean that counts its first values fully. */
function smoothed(points: readonly Point[]): Point[] {
  const decay = 1 - 1 / Math.max(5, points.length * SMOOTHED_PART);
  let sum = 0;
  let weight = 0;
  return points.map(([x, y]) => {
    sum = decay * sum + y;
    weight = decay * weight + 1;
    return [x, sum / weight];
  });
}

/** Every n-th point and the last. */
function thinned(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}
