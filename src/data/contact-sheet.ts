/** One image of many samples, with their masks drawn over them: to be looked at before training. */
import { messageOf, RefineNetError, UsageError } from '../errors.ts';
import { emptyCanvas, INK } from '../drawing/canvas.ts';
import type { Color, Image } from '../image/image.ts';
import { countLabels } from '../image/label-map.ts';
import { withLegend } from '../drawing/legend.ts';
import { overlay } from '../drawing/overlay.ts';
import { resizeImage, resizeLabelMap } from '../image/resample.ts';
import { drawSheet, fitInto, type SheetRow } from '../drawing/sheet.ts';
import { drawStripes } from '../drawing/stripes.ts';
import { CRISP_SIZE_STEP, drawText, fitText } from '../drawing/text.ts';
import { mapAhead } from './concurrency.ts';
import type { Dataset } from './dataset.ts';
import type { DecodeImage } from './file-source.ts';
import { readSample } from './read-sample.ts';
import type { LabeledImage, Sample } from './sample.ts';

export interface ContactSheetOptions {
  readonly decodeImage: DecodeImage;
  readonly split: string;
  /** How many samples, spread evenly over the split. Default 16. */
  readonly count?: number;
  /** The width of a cell's image, in pixels. Default 320. */
  readonly width?: number;
  /** Samples beside each other. Default: as many as there are rows. */
  readonly columns?: number;
}

const WARNING_INK: Color = [176, 0, 32];
const TEXT_SIZE = 3 * CRISP_SIZE_STEP;
const GAP = 10;
const CAPTION = 24;
const TITLE = 36;

/**
 * A sheet with a title, the samples with their masks in the classes' colors at half strength (background as it is, ignored pixels striped), their
 * names, and a legend with each class's share of what is shown. A sample that cannot be read is an empty cell that says why.
 * @throws UsageError if the split has no samples, or the options are out of range.
 */
export async function contactSheet(dataset: Dataset, options: ContactSheetOptions): Promise<Image> {
  const { split, count = 16, width = 320, columns: most = Math.ceil(Math.sqrt(count)), decodeImage } = options;
  const all = dataset.samples(split);
  if (all.length === 0) throw new UsageError(`${dataset.name}: the split ${split} has no samples to show.`);
  for (const [what, value] of Object.entries({ count, width, columns: most })) {
    if (!Number.isSafeInteger(value) || value < 1 || value > 10_000) {
      throw new UsageError(`A contact sheet takes whole numbers from 1 to 10000, but ${what} is ${value}.`);
    }
  }
  const shown = spread(all, Math.min(count, all.length));
  const cells: Cell[] = [];
  for await (const cell of mapAhead(shown, 4, (sample) => makeCell(dataset, sample, width, decodeImage)))
    cells.push(cell);
  const columns = Math.min(most, cells.length);
  const titles = [{ text: titleOf(dataset, split, cells.length, all.length), size: TEXT_SIZE, baseline: TITLE - 12 }];
  const canvas = drawSheet(
    {
      columns,
      width,
      gap: GAP,
      header: TITLE,
      footer: CAPTION + GAP,
      rowHeight: Math.max(...cells.map(({ image }) => image.height)),
    },
    titles,
    rowsOf(cells, columns),
  );
  const totals = dataset.classes.map((_, id) => cells.reduce((sum, { counts }) => sum + (counts[id] ?? 0), 0));
  const labeled = Math.max(
    1,
    totals.reduce((sum, pixels) => sum + pixels, 0),
  );
  const entries = dataset.classes.map(({ name, color }, id) => ({
    label: name,
    color,
    fraction: (totals[id] as number) / labeled,
  }));
  return withLegend(canvas, entries);
}

function titleOf({ name }: Dataset, split: string, shown: number, all: number): string {
  return `${name.split(/[\\/]/).at(-1)} · ${split} · ${shown} of ${all} samples · striped: ignored`;
}

function rowsOf(cells: readonly Cell[], columns: number): SheetRow[] {
  return Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) => {
    const shown = cells.slice(row * columns, (row + 1) * columns);
    const captions = shown.map(({ caption, isSound }, column) => ({
      text: caption,
      size: TEXT_SIZE,
      baseline: CAPTION - 7,
      column,
      color: isSound ? INK : WARNING_INK,
    }));
    return { images: shown.map(({ image }) => image), captions };
  });
}

/** Evenly spaced items, the first and the last among them. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = count > 1 ? (items.length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => items[Math.round(index * step)] as T);
}

interface Cell {
  readonly image: Image;
  readonly caption: string;
  readonly counts: readonly number[];
  readonly isSound: boolean;
}

async function makeCell(dataset: Dataset, sample: Sample, width: number, decodeImage: DecodeImage): Promise<Cell> {
  try {
    const { image, counts } = drawSample(dataset, await readSample(dataset, sample, decodeImage), width);
    return { image, counts, caption: sample.name, isSound: true };
  } catch (error) {
    if (!(error instanceof RefineNetError)) throw error;
    const blank = emptyCanvas(width, highest(width));
    drawText(blank, fitText('cannot be read', TEXT_SIZE, width), GAP, 2 * TEXT_SIZE, TEXT_SIZE, WARNING_INK);
    return { image: blank, counts: [], caption: messageOf(error), isSound: false };
  }
}

function drawSample(dataset: Dataset, { image: pixels, labels }: LabeledImage, width: number) {
  const small = resizeLabelMap(labels, ...fitInto(pixels, { width, height: highest(width) }));
  const shrunk = resizeImage(pixels, small.width, small.height, 'bilinear');
  const colors = dataset.classes.map(({ color }) => color);
  const untouched = dataset.classes.flatMap(({ name }, id) => (/^_*background_*$/i.test(name) ? [id] : []));
  const image = overlay(shrunk, small, colors, { opacity: 0.5, untouched });
  drawStripes(image, small, (id) => id === dataset.ignoreIndex);
  return { image, counts: countLabels(labels, dataset.classes.length) };
}

/** Images are fitted into 4:3, so that a portrait does not rule the sheet, and the sheet is wide enough for a legend below. */
function highest(width: number): number {
  return Math.max(1, Math.round(width * 0.75));
}
