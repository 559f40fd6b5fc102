/** A legend in lines, for the head of a sheet: small squares of color with their labels, one after the other. */
import type { Color } from '../image/image.ts';
import { fillRectangle, INK } from './canvas.ts';
import { type Canvas, CRISP_SIZE_STEP, drawText, fitText, measureText } from './text.ts';

const TEXT_SIZE = 3 * CRISP_SIZE_STEP;
/** Side of a square. */
const SWATCH = 14;
const LINE = 22;
const WIDEST_LABEL = 240;

/** A legend whose entries have their places. */
export interface LegendLines {
  readonly entries: readonly {
    readonly label: string;
    readonly color: Color;
    readonly x: number;
    readonly y: number;
  }[];
  /** The height of all lines, in pixels. */
  readonly height: number;
}

/** Entries in as many lines as they take on a sheet of this width, `margin` pixels from its sides. */
export function layOutLegend(
  entries: readonly { readonly label: string; readonly color: Color }[],
  width: number,
  margin: number,
): LegendLines {
  let [x, y] = [margin, 0];
  const placed = entries.map(({ label, color }) => {
    const text = fitText(label, TEXT_SIZE, WIDEST_LABEL);
    const length = SWATCH + 6 + Math.ceil(measureText(text, TEXT_SIZE));
    if (x + length > width - margin) [x, y] = [margin, y + LINE];
    const entry = { label: text, color, x, y };
    x += length + 22;
    return entry;
  });
  return { entries: placed, height: y + LINE };
}

/** Draws a legend that begins `top` pixels below the top. */
export function drawLegendLines(canvas: Canvas, { entries }: LegendLines, top: number): void {
  for (const { label, color, x, y } of entries) {
    fillRectangle(canvas, x, top + y, SWATCH, SWATCH, color);
    drawText(canvas, label, x + SWATCH + 6, top + y + SWATCH - 2, TEXT_SIZE, INK);
  }
}
