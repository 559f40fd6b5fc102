/** A square table of shares as an image: the darker a cell, the larger its share of the row. */
import type { Color, Image } from '../image/image.ts';
import { drawTextUpwards, emptyCanvas, FAINT_INK, fillRectangle, INK, PAPER } from './canvas.ts';
import { CAP_HEIGHT, type Canvas, CRISP_SIZE_STEP, drawText, fitText, measureText } from './text.ts';

const TEXT_SIZE = 3 * CRISP_SIZE_STEP;
const TITLE_SIZE = 4 * CRISP_SIZE_STEP;
const MARGIN = 20;
const WIDEST_LABEL = 190;
/** Colors from nothing to all of a row; dark enough in the end for white figures. */
const SCALE: readonly Color[] = [
  [247, 250, 253],
  [198, 219, 239],
  [107, 174, 214],
  [33, 113, 181],
  [8, 48, 107],
];
const NO_ROW: Color = [228, 228, 228];
const WHITE: Color = [255, 255, 255];

export interface ShadedTable {
  readonly title: string;
  readonly subtitle: string;
  /** The names of the rows, and of the columns in the same order; long ones are shortened. */
  readonly labels: readonly string[];
  /** The shares in [0, 1] of each row's cells; null for a row that has nothing to share, which is drawn gray. */
  readonly rows: readonly (readonly number[] | null)[];
}

/** Side of a cell in pixels for so many rows, and whether figures have room in it. */
function cellFor(rows: number): { readonly side: number; readonly hasFigures: boolean } {
  if (rows <= 30) return { side: 50, hasFigures: true };
  return { side: rows <= 80 ? 22 : 16, hasFigures: false };
}

/** The table, with each share as a percentage where there is room (up to 30 rows) and as a shade. */
export function shadedTable({ title, subtitle, labels: names, rows }: ShadedTable): Image {
  const { side, hasFigures } = cellFor(rows.length);
  const size = hasFigures ? TEXT_SIZE : 2 * CRISP_SIZE_STEP;
  const labels = names.map((name) => fitText(name, size, WIDEST_LABEL));
  const widest = Math.ceil(Math.max(...labels.map((label) => measureText(label, size))));
  const left = MARGIN + widest + 12;
  const top = MARGIN + 2 * TITLE_SIZE + 20 + widest + 12;
  const grid = rows.length * side;
  const titles = Math.max(measureText(title, TITLE_SIZE), measureText(subtitle, TEXT_SIZE));
  const canvas = emptyCanvas(Math.ceil(Math.max(left + grid, MARGIN + titles) + MARGIN), top + grid + MARGIN);
  drawText(canvas, title, MARGIN, MARGIN + TITLE_SIZE, TITLE_SIZE, INK);
  drawText(canvas, subtitle, MARGIN, MARGIN + 2 * TITLE_SIZE + 8, TEXT_SIZE, FAINT_INK);
  const middle = Math.round((side + CAP_HEIGHT * size) / 2);
  for (const [index, label] of labels.entries()) {
    const at = index * side + middle;
    drawText(canvas, label, left - 10 - measureText(label, size), top + at, size, INK);
    drawTextUpwards(canvas, label, left + at, top - 8, size, INK);
  }
  for (const [index, row] of rows.entries()) {
    for (let column = 0; column < rows.length; column++) {
      drawCell(canvas, row?.[column], { x: left + column * side, y: top + index * side, side, hasFigures });
    }
  }
  return canvas;
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly hasFigures: boolean;
}

function drawCell(canvas: Canvas, share: number | undefined, { x, y, side, hasFigures }: Cell): void {
  fillRectangle(canvas, x, y, side - 1, side - 1, share === undefined ? NO_ROW : shade(share));
  if (share === undefined || !hasFigures || share < 0.0005) return;
  const figure = (100 * share).toFixed(share >= 0.9995 ? 0 : 1);
  drawText(
    canvas,
    figure,
    x + Math.round((side - measureText(figure, TEXT_SIZE)) / 2),
    y + Math.round((side + CAP_HEIGHT * TEXT_SIZE) / 2),
    TEXT_SIZE,
    share > 0.55 ? WHITE : INK,
  );
}

/** Between two neighbors of the scale. */
function shade(share: number): Color {
  const position = share * (SCALE.length - 1);
  const index = Math.min(SCALE.length - 2, Math.floor(position));
  const [from, to] = [SCALE[index] ?? PAPER, SCALE[index + 1] ?? PAPER];
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (position - index) * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}
