/** An image with a legend: which color is which class, and how much of the image it takes. */
import { FAINT_INK, fillRectangle, INK, PAPER } from './canvas.ts';
import { type Color, type Image, image } from '../image/image.ts';
import { CAP_HEIGHT, type Canvas, CRISP_SIZE_STEP, drawText, fitText, measureText } from './text.ts';

/** A class as a legend shows it. */
export interface LegendEntry {
  readonly label: string;
  readonly color: Color;
  /** The share of the image in [0, 1]; entries with 0 are left out, those without one are drawn without a percentage. */
  readonly fraction?: number;
}

const OUTLINE: Color = [170, 170, 170];
/** The text is this part of the image's longer side, within the sizes that are easy to read. */
const TEXT_PER_SIDE = 1 / 55;
const SMALLEST_TEXT = 2 * CRISP_SIZE_STEP;
const LARGEST_TEXT = 12 * CRISP_SIZE_STEP;
/** Longer labels are shortened; in text sizes. */
const WIDEST_LABEL = 16;
/** A panel at the side has at least this many rows, however low the image. */
const FEWEST_ROWS = 6;

/**
 * The image with a panel that names the classes that are present, the most frequent first: below a wide image,
 * at the right of a high one and of one too small for a panel below. The result is larger than the image, which is at its top left, unchanged.
 * Returned as it is if no class is present.
 */
export function withLegend(source: Image, entries: readonly LegendEntry[]): Image {
  const present = entries
    .filter(({ fraction }) => fraction === undefined || fraction > 0)
    .toSorted((a, b) => (b.fraction ?? 0) - (a.fraction ?? 0));
  if (present.length === 0) return source;
  const items = itemsFor(present, textSizeFor(source));
  const layout = layOut(source, items);
  const canvas: Canvas = {
    width: layout.width,
    height: layout.height,
    data: new Uint8Array(layout.width * layout.height * 3),
  };
  fillRectangle(canvas, 0, 0, canvas.width, canvas.height, PAPER);
  for (let y = 0; y < source.height; y++) {
    canvas.data.set(source.data.subarray(y * source.width * 3, (y + 1) * source.width * 3), y * canvas.width * 3);
  }
  for (const [i, item] of items.list.entries()) {
    const column = Math.floor(i / layout.rows);
    drawItem(
      canvas,
      item,
      items,
      layout.x + column * (items.width + items.gap),
      layout.y + (i % layout.rows) * items.height,
    );
  }
  return image(canvas.width, canvas.height, canvas.data);
}

function textSizeFor({ width, height }: Image): number {
  const wanted = Math.round((Math.max(width, height) * TEXT_PER_SIDE) / CRISP_SIZE_STEP) * CRISP_SIZE_STEP;
  return Math.min(LARGEST_TEXT, Math.max(SMALLEST_TEXT, wanted));
}

interface Item {
  readonly label: string;
  readonly percentage: string;
  readonly color: Color;
}

/** The entries as they are written, and their common measures in pixels. */
interface Items {
  readonly list: readonly Item[];
  readonly size: number;
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

function itemsFor(entries: readonly LegendEntry[], size: number): Items {
  const list = entries.map(({ label, color, fraction }) => ({
    label: fitText(label, size, WIDEST_LABEL * size),
    percentage: fraction === undefined ? '' : percentageOf(fraction),
    color,
  }));
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => measureText(text, size)));
  const percentages = widest(list.map(({ percentage }) => percentage));
  const labels = widest(list.map(({ label }) => label));
  const width = 1.6 * size + labels + (percentages > 0 ? size + percentages : 0);
  return { list, size, width: Math.ceil(width), height: Math.round(1.6 * size), gap: Math.round(2 * size) };
}

/** A percentage with one decimal; what would read as nothing is less than a tenth. */
function percentageOf(fraction: number): string {
  const percent = fraction * 100;
  return percent < 0.05 ? '<0.1%' : `${percent.toFixed(1)}%`;
}

/** The size of the whole, and where the panel's first entry begins. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  readonly rows: number;
}

function layOut(source: Image, items: Items): Layout {
  const padding = items.size;
  const count = items.list.length;
  const step = items.width + items.gap;
  const columnsBelow = Math.floor((source.width - 2 * padding + items.gap) / step);
  const rowsBelow = Math.ceil(count / Math.max(1, columnsBelow));
  const heightBelow = Math.round(2 * padding + rowsBelow * items.height);
  if (source.width >= source.height && columnsBelow > 0 && heightBelow <= source.height) {
    return {
      width: source.width,
      height: source.height + heightBelow,
      x: Math.round(padding),
      y: Math.round(source.height + padding),
      rows: rowsBelow,
    };
  }
  const fitting = Math.floor((source.height - 2 * padding) / items.height);
  const mostRows = Math.min(count, Math.max(FEWEST_ROWS, fitting));
  const columns = Math.ceil(count / mostRows);
  const rows = Math.ceil(count / columns);
  return {
    width: source.width + Math.round(2 * padding + columns * step - items.gap),
    height: Math.max(source.height, Math.round(2 * padding + rows * items.height)),
    x: Math.round(source.width + padding),
    y: Math.round(padding),
    rows,
  };
}

function drawItem(canvas: Canvas, item: Item, { size, width, height }: Items, x: number, y: number): void {
  const side = Math.round(size);
  const top = y + Math.round((height - side) / 2);
  const line = Math.max(1, Math.round(size / 16));
  fillRectangle(canvas, x, top, side, side, OUTLINE);
  fillRectangle(canvas, x + line, top + line, side - 2 * line, side - 2 * line, item.color);
  const baseline = y + Math.round((height + CAP_HEIGHT * size) / 2);
  drawText(canvas, item.label, x + Math.round(1.6 * size), baseline, size, INK);
  drawText(canvas, item.percentage, x + width - measureText(item.percentage, size), baseline, size, FAINT_INK);
}
