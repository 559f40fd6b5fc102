/** What `val` prints for people. */
import pc from 'picocolors';
import type { EvaluationReport } from '../../../evaluation/report.ts';
import { table } from '../../output.ts';

/** Pairs of classes named as mistaken most. */
const MOST_MISTAKES = 3;

/** Figures in percent: a row for each class, their means, and those of the whole set. */
export function describeEvaluation(report: EvaluationReport): string {
  const { classes, pixels, absentClasses, boundary } = report;
  const rows = classes.map((each) => [
    String(each.id),
    each.name,
    share(pixels.scored === 0 ? null : each.pixels / pixels.scored),
    ...[each.iou, each.precision, each.recall, each.f1, each.boundaryF].map(share),
  ]);
  const means = [report.meanIoU, report.meanPrecision, report.meanAccuracy, report.meanF1, report.meanBoundaryF].map(
    share,
  );
  const lines = table(
    [['id', 'class', 'pixels', 'IoU', 'precision', 'recall', 'F1', 'boundary F'], ...rows, ['', 'mean', '', ...means]],
    [0, 2, 3, 4, 5, 6, 7],
  ).split('\n');
  const facts: readonly (readonly [string, string])[] = [
    ['mean IoU', pc.bold(`${share(report.meanIoU)} %`)],
    ['pixel accuracy', `${share(report.pixelAccuracy)} %`],
    ['mean class accuracy', `${share(report.meanAccuracy)} %`],
    ['frequency-weighted IoU', `${share(report.frequencyWeightedIoU)} %`],
    [
      'mean boundary F',
      `${share(report.meanBoundaryF)} % (contours within ${Number((100 * boundary.tolerance).toPrecision(6))} % of the diagonal)`,
    ],
  ];
  return [
    pc.bold(lines[0]),
    ...lines.slice(1, -1),
    pc.bold(lines.at(-1)),
    '',
    table(facts),
    '',
    ...mistakes(report),
    pc.dim(`Means over classes: ${absentClasses.rule} (${absentClasses.description}).`),
  ].join('\n');
}

function mistakes({ classes, confusion }: EvaluationReport): string[] {
  const pairs = confusion.flatMap((row, truth) =>
    row
      .map((pixels, predicted) => ({ pixels, truth, predicted }))
      .filter(({ predicted }) => predicted < classes.length),
  );
  const worst = pairs
    .filter(({ pixels, truth, predicted }) => truth !== predicted && pixels > 0)
    .sort((a, b) => b.pixels - a.pixels)
    .slice(0, MOST_MISTAKES)
    .map(({ pixels, truth, predicted }) => {
      const { name, pixels: all } = classes[truth] as EvaluationReport['classes'][number];
      return `${name} for ${classes[predicted]?.name} (${share(pixels / all)} % of ${name})`;
    });
  return worst.length === 0 ? [] : [`Mistaken most: ${worst.join(', ')}.`];
}

/** In percent with two decimals; a dash where there is none. */
function share(value: number | null): string {
  return value === null ? '-' : (100 * value).toFixed(2);
}
