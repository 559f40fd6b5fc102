/** Sheets: images in rows and columns on paper, with lines of text above, below and between them. */
import { emptyCanvas, INK, paste } from './canvas.ts';
import type { Color, Image } from '../image/image.ts';
import { type Canvas, drawText, fitText } from './text.ts';

/** Where things stand on a sheet, in pixels. */
export interface SheetLayout {
  readonly columns: number;
  /** The width of a column. Images stand at its left and may be narrower. */
  readonly width: number;
  /** Between columns, and at the sheet's left and right. */
  readonly gap: number;
  /** Above the first row. */
  readonly header: number;
  /** Below each row's images: room for its captions. */
  readonly footer: number;
  /** Below the last row's footer. Default 0. */
  readonly bottom?: number;
  /** The height of every row's images. Default: that of each row's highest image. */
  readonly rowHeight?: number;
}

/** A line of text, shortened where it is too wide for its place. */
export interface SheetText {
  readonly text: string;
  /** In pixels to the em. */
  readonly size: number;
  /** Its baseline, in pixels below the top of the sheet or, for a caption, below the image. */
  readonly baseline: number;
  /** The column that it has for itself, from 0 on. Default: it begins at the left and may take the whole width. */
  readonly column?: number;
  /** Default: ink. */
  readonly color?: Color;
}

export interface SheetRow {
  /** As many as there are columns, or fewer in the last row. */
  readonly images: readonly Image[];
  readonly captions: readonly SheetText[];
}

/** A sheet of these rows, with lines of text in the header. More can be drawn into it. */
export function drawSheet(layout: SheetLayout, titles: readonly SheetText[], rows: readonly SheetRow[]): Canvas {
  const { columns, width, gap, header, footer, bottom = 0 } = layout;
  const left = (column: number) => gap + column * (width + gap);
  const heights = rows.map(({ images }) => layout.rowHeight ?? Math.max(...images.map(({ height }) => height)));
  const height = heights.reduce((sum, each) => sum + each + footer, header + bottom);
  const canvas = emptyCanvas(left(columns), height);
  const write = ({ text, size, baseline, column, color = INK }: SheetText, top: number) => {
    const fitting = fitText(text, size, column === undefined ? canvas.width - 2 * gap : width);
    drawText(canvas, fitting, left(column ?? 0), top + baseline, size, color);
  };
  for (const title of titles) write(title, 0);
  let top = header;
  for (const [row, { images, captions }] of rows.entries()) {
    for (const [column, image] of images.entries()) paste(canvas, image, left(column), top);
    for (const caption of captions) write(caption, top + (images[caption.column ?? 0] as Image).height);
    top += (heights[row] as number) + footer;
  }
  return canvas;
}

/** The sides of an image brought into a box as large as they go, in its own proportions; at least one pixel each. */
export function fitInto(
  image: { readonly width: number; readonly height: number },
  box: { readonly width: number; readonly height: number },
): readonly [width: number, height: number] {
  const scale = Math.min(box.width / image.width, box.height / image.height);
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return [side(image.width), side(image.height)];
}
