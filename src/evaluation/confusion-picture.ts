/** The normalised confusion matrix as a picture. */
import { type Color, type Image, image } from '../image/image.ts';
import { CAP_HEIGHT, type Canvas, CRISP_SIZE_STEP, drawText, fitText, measureText } from '../drawing/text.ts';
import { drawTextUpwards, emptyCanvas, FAINT_INK, fillRectangle, INK, PAPER } from '../drawing/canvas.ts';
import type { ConfusionMatrix } from './confusion.ts';

const TEXT_SIZE = 3 * CRISP_SIZE_STEP;
const TITLE_SIZE = 4 * CRISP_SIZE_STEP;
const MARGIN = 20;
const WIDEST_LABEL = 190;
/** From no pixel to all pixels of a row; dark enough in the end for white figures. */
const SCALE: readonly Color[] = [
  [247, 250, 253],
  [198, 219, 239],
  [107, 174, 214],
  [33, 113, 181],
  [8, 48, 107],
];
/** Rows of classes that have no pixel. */
const NO_ROW: Color = [228, 228, 228];
const WHITE: Color = [255, 255, 255];

/** Side of a cell in pixels for so many classes, and whether figures have room in it. */
function cellFor(classes: number): { readonly side: number; readonly hasFigures: boolean } {
  if (classes <= 30) return { side: 50, hasFigures: true };
  return { side: classes <= 80 ? 22 : 16, hasFigures: false };
}

/**
 * Rows are the true classes, columns the predicted ones; a cell has the share of its row's pixels, as a percentage where there
 * is room and as a shade. Rows of classes without a pixel are grey.
 */
export function confusionPicture(matrix: ConfusionMatrix, names: readonly string[]): Image {
  const { classes } = matrix;
  const { side, hasFigures } = cellFor(classes);
  const size = hasFigures ? TEXT_SIZE : 2 * CRISP_SIZE_STEP;
  const labels = Array.from({ length: classes }, (_, id) => fitText(names[id] ?? `class ${id}`, size, WIDEST_LABEL));
  const widest = Math.ceil(Math.max(...labels.map((label) => measureText(label, size))));
  const title = 'Where the pixels of each class went';
  const subtitle = 'row: true class · column: predicted class · % of the row';
  const left = MARGIN + widest + 12;
  const top = MARGIN + 2 * TITLE_SIZE + 20 + widest + 12;
  const grid = classes * side;
  const titles = Math.max(measureText(title, TITLE_SIZE), measureText(subtitle, TEXT_SIZE));
  const canvas = emptyCanvas(Math.ceil(Math.max(left + grid, MARGIN + titles) + MARGIN), top + grid + MARGIN);
  drawText(canvas, title, MARGIN, MARGIN + TITLE_SIZE, TITLE_SIZE, INK);
  drawText(canvas, subtitle, MARGIN, MARGIN + 2 * TITLE_SIZE + 8, TEXT_SIZE, FAINT_INK);
  const middle = Math.round((side + CAP_HEIGHT * size) / 2);
  for (const [id, label] of labels.entries()) {
    const at = id * side + middle;
    drawText(canvas, label, left - 10 - measureText(label, size), top + at, size, INK);
    drawTextUpwards(canvas, label, left + at, top - 8, size, INK);
    drawRow(canvas, matrix, id, { left, top: top + id * side, side, hasFigures });
  }
  return image(canvas.width, canvas.height, canvas.data);
}

interface Row {
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly hasFigures: boolean;
}

function drawRow(canvas: Canvas, matrix: ConfusionMatrix, id: number, { left, top, side, hasFigures }: Row): void {
  const pixels = matrix.truth(id);
  for (let column = 0; column < matrix.classes; column++) {
    const share = (matrix.counts[id * matrix.classes + column] as number) / pixels;
    const x = left + column * side;
    fillRectangle(canvas, x, top, side - 1, side - 1, pixels === 0 ? NO_ROW : shade(share));
    if (!hasFigures || pixels === 0 || share < 0.0005) continue;
    const figure = (100 * share).toFixed(share >= 0.9995 ? 0 : 1);
    drawText(
      canvas,
      figure,
      x + Math.round((side - measureText(figure, TEXT_SIZE)) / 2),
      top + Math.round((side + CAP_HEIGHT * TEXT_SIZE) / 2),
      TEXT_SIZE,
      share > 0.55 ? WHITE : INK,
    );
  }
}

/** Between two neighbours of the scale. */
function shade(share: number): Color {
  const position = share * (SCALE.length - 1);
  const index = Math.min(SCALE.length - 2, Math.floor(position));
  const [from, to] = [SCALE[index] ?? PAPER, SCALE[index + 1] ?? PAPER];
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (position - index) * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}
