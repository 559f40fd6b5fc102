/** The image of `demo`: what a network says of drawn images before it was trained, and after. */
import { FAINT_INK } from '../../../drawing/canvas.ts';
import type { EvaluatedImage } from '../../../evaluation/evaluate.ts';
import { colorize } from '../../../drawing/colorize.ts';
import type { Image } from '../../../image/image.ts';
import type { LabelMap } from '../../../image/label-map.ts';
import { withLegend } from '../../../drawing/legend.ts';
import { resizeImage, resizeLabelMap } from '../../../image/resample.ts';
import { drawSheet, type SheetText } from '../../../drawing/sheet.ts';
import { CRISP_SIZE_STEP } from '../../../drawing/text.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import { percent } from '../../../text.ts';

/** One state of the network: its mean IoU over all images, in [0, 1], and those that are shown. */
export interface SheetColumn {
  readonly meanIoU: number;
  readonly shown: readonly EvaluatedImage[];
}

const TILE = 192;
const TITLE_SIZE = 3 * CRISP_SIZE_STEP;
const TEXT_SIZE = 2 * CRISP_SIZE_STEP;
const COLUMNS = ['image', 'truth', 'before training', 'after training'] as const;
const LAYOUT = { columns: COLUMNS.length, width: TILE, gap: 12, header: 56, footer: 24 } as const;

/** A row for each image: the image, its mask, and the predictions before and after, with the image's mean IoU. */
export function demoSheet(before: SheetColumn, after: SheetColumn, classes: readonly LabelClass[]): Image {
  const colors = classes.map(({ color }) => color);
  const titles = COLUMNS.map((text, column): SheetText => ({ text, size: TITLE_SIZE, baseline: 24, column }));
  const means = [before, after].map(({ meanIoU }, index) =>
    note(`mean IoU of all: ${percent(meanIoU)}`, 45, 2 + index),
  );
  const map = (labels: LabelMap) => colorize(resizeLabelMap(labels, TILE, TILE), colors);
  const rows = before.shown.map((first, row) => {
    const second = after.shown[row] as EvaluatedImage;
    return {
      images: [
        resizeImage(first.image, TILE, TILE, 'bilinear'),
        map(first.labels),
        map(first.prediction),
        map(second.prediction),
      ],
      captions: [first, second].map(({ score }, index) => note(percent(score.meanIoU ?? 0), 15, 2 + index)),
    };
  });
  const entries = classes.map(({ name, color }) => ({ label: name, color }));
  return withLegend(drawSheet(LAYOUT, [...titles, ...means], rows), entries);
}

function note(text: string, baseline: number, column: number): SheetText {
  return { text, size: TEXT_SIZE, baseline, column, color: FAINT_INK };
}
