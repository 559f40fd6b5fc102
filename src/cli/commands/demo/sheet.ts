/** The picture of `demo`: what a network says of drawn images before it was trained, and after. */
import { emptyCanvas, FAINT_INK, INK, paste } from '../../../drawing/canvas.ts';
import type { EvaluatedImage } from '../../../evaluation/evaluate.ts';
import { colorize } from '../../../drawing/colorize.ts';
import { type Image, image } from '../../../image/image.ts';
import type { LabelMap } from '../../../image/label-map.ts';
import { withLegend } from '../../../drawing/legend.ts';
import { resizeImage, resizeLabelMap } from '../../../image/resample.ts';
import { CRISP_SIZE_STEP, drawText } from '../../../drawing/text.ts';
import type { ModelClass } from '../../../models/model.ts';

/** One state of the network: its mean IoU over all images, in [0, 1], and those that are shown. */
export interface SheetColumn {
  readonly meanIoU: number;
  readonly shown: readonly EvaluatedImage[];
}

const TILE = 192;
const GAP = 12;
const CAPTION = 24;
const TITLE = 56;
const TITLE_SIZE = 3 * CRISP_SIZE_STEP;
const TEXT_SIZE = 2 * CRISP_SIZE_STEP;
const COLUMNS = ['image', 'truth', 'before training', 'after training'] as const;

/** A row for each image: the image, its mask, and the predictions before and after, with the image's mean IoU. */
export function demoSheet(before: SheetColumn, after: SheetColumn, classes: readonly ModelClass[]): Image {
  const colors = classes.map(({ color }) => color);
  const left = (column: number) => GAP + column * (TILE + GAP);
  const top = (row: number) => TITLE + row * (TILE + CAPTION);
  const canvas = emptyCanvas(left(COLUMNS.length), top(before.shown.length));
  for (const [column, title] of COLUMNS.entries()) drawText(canvas, title, left(column), 24, TITLE_SIZE, INK);
  for (const [column, { meanIoU }] of [
    [2, before],
    [3, after],
  ] as const) {
    drawText(canvas, `mean IoU of all: ${percent(meanIoU)}`, left(column), 45, TEXT_SIZE, FAINT_INK);
  }
  const map = (labels: LabelMap) => colorize(resizeLabelMap(labels, TILE, TILE), colors);
  for (const [row, first] of before.shown.entries()) {
    const second = after.shown[row] as EvaluatedImage;
    const tiles = [
      resizeImage(first.image, TILE, TILE, 'bilinear'),
      map(first.labels),
      map(first.prediction),
      map(second.prediction),
    ];
    for (const [column, tile] of tiles.entries()) paste(canvas, tile, left(column), top(row));
    for (const [column, { score }] of [
      [2, first],
      [3, second],
    ] as const) {
      drawText(canvas, percent(score.meanIoU ?? 0), left(column), top(row) + TILE + 15, TEXT_SIZE, FAINT_INK);
    }
  }
  const entries = classes.map(({ name, color }) => ({ label: name, color }));
  return withLegend(image(canvas.width, canvas.height, canvas.data), entries);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
