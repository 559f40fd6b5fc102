/** What `demo` does once it is loaded. */
import { join } from 'node:path';
import pc from 'picocolors';
import { backendFor } from '../../../platform/node/backend.ts';
import { createRunFolder, releaseClaim } from '../../../platform/node/run-folder.ts';
import type { DemoOptions } from './options.ts';
import { openFile, openerOf } from '../../open.ts';
import { type DemoScale, FULL_SCALE } from './recipe.ts';
import { type ShapesReport, trainOnShapes } from './shapes.ts';
import { type StreetReport, segmentStreet } from './street.ts';
import { onInterrupt } from '../../interruption.ts';
import { EXIT } from '../../exit.ts';
import { note, print, table, warn } from '../../output.ts';
import { duration, percent } from '../../../text.ts';

/** What `--json` prints. */
export interface DemoReport {
  readonly folder: string;
  readonly seed: number;
  readonly interrupted: boolean;
  readonly street: StreetReport;
  /** null where training was left out or not begun. */
  readonly training: ShapesReport | null;
}

const DEFAULT_OUTPUT = join('runs', 'demo');
const NEXT =
  'Next: npx refinenet app shows all of it in the browser; npx refinenet predict PHOTO.jpg; npx refinenet train FOLDER with images and masks of yours, laid out as these.';

/** @returns the exit code. */
export async function runDemo(options: DemoOptions, scale: DemoScale = FULL_SCALE): Promise<number> {
  const { seed, skipTraining = false, json = false, open = false } = options;
  const backend = await backendFor('cpu', warn);
  const folder = await createRunFolder(options.output ?? DEFAULT_OUTPUT);
  const interruption = onInterrupt('\nEnding; what is finished stays. Ctrl-C again ends at once.');
  const { signal } = interruption;
  const say = (line: string) => (json ? undefined : print(line));
  try {
    note(pc.dim('Segmenting a drawn street with the model of streets.'));
    const street = await segmentStreet(folder, seed, backend);
    await releaseClaim(folder);
    for (const line of describeStreet(street)) say(line);
    let training: ShapesReport | undefined;
    if (!skipTraining && !signal.aborted) {
      note(pc.dim('\nTraining a small network on drawn shapes, from random weights; about a minute on two cores.'));
      training = await trainOnShapes({ folder, seed, backend, signal, scale });
      for (const line of describeTraining(training)) say(line);
    }
    const interrupted = signal.aborted && !skipTraining && training?.status !== 'finished';
    const report: DemoReport = { folder, seed, interrupted, street, training: training ?? null };
    if (json) print(JSON.stringify(report));
    if (interrupted) note(`Interrupted; what is finished is in ${folder}.`);
    else if (training) note(pc.dim(NEXT));
    if (open && !interrupted) await show(training?.sheet ?? street.outputs.overlay);
    return interrupted ? EXIT.failure : EXIT.success;
  } finally {
    interruption.release();
  }
}

async function show(path: string): Promise<void> {
  if (!(await openFile(path))) warn(`--open: ${openerOf(process.platform)} cannot be started. Open ${path} yourself.`);
}

function describeStreet({ comparison, agreement, image, truth, outputs }: StreetReport): string[] {
  const rows = comparison.map(({ label, drawn, found, iou }) => [label, percent(drawn), percent(found), percent(iou)]);
  return [
    pc.bold('A drawn street, segmented by the model of streets'),
    indented(table([['class', 'drawn', 'found', 'IoU'], ...rows], [1, 2, 3])),
    `  ${percent(agreement)} of the pixels are of the class that was drawn there`,
    `  image  ${image}`,
    `  truth    ${truth}`,
    `  mask     ${outputs.labels}`,
    `  overlay  ${outputs.overlay}`,
  ];
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function describeTraining(training: ShapesReport | undefined): string[] {
  if (!training) return [];
  const { status, images, meanIoU, updates, seconds, sheet, dataset, run, model, parameters } = training;
  if (status === 'interrupted') {
    return [
      `Training stopped after update ${updates}; go on with: npx refinenet train --resume ${JSON.stringify(run)}`,
    ];
  }
  return [
    '',
    pc.bold(`${(parameters / 1e6).toFixed(1)} million weights, trained on ${images.train} drawn images of shapes`),
    `  mean IoU ${percent(meanIoU.before)} before, ${percent(meanIoU.after ?? 0)} after ${updates} updates in ${duration(seconds)} min, on ${images.test} images it was not trained on`,
    `  sheet    ${sheet}`,
    `  model    ${model}`,
    `  images   ${dataset}`,
    `  plots    ${join(run, 'plots')}`,
  ];
}
