/** The images that were predicted worst, on one picture: image, truth, prediction and errors side by side. */
import type { DatasetClass } from '../data/dataset-class.ts';
import { type Color, type Image, image } from '../image/image.ts';
import { type LabelMap, labelMap, presentLabels } from '../image/label-map.ts';
import { overlay } from '../drawing/overlay.ts';
import { resizeImage, resizeLabelMap } from '../image/resample.ts';
import { CRISP_SIZE_STEP, drawText, fitText, measureText } from '../drawing/text.ts';
import { emptyCanvas, FAINT_INK, fillRectangle, INK, paste } from '../drawing/canvas.ts';
import type { EvaluatedImage } from './evaluate.ts';

const COLUMNS = ['image', 'truth (striped: unlabelled)', 'prediction', 'errors'] as const;
/** A picture's box in pixels: a portrait does not rule the sheet. */
const BOX = { width: 320, height: 240 } as const;
const GAP = 10;
const TITLE = 44;
const COLUMN_TITLE = 24;
const CAPTION = 30;
const TEXT_SIZE = 3 * CRISP_SIZE_STEP;
const TITLE_SIZE = 4 * CRISP_SIZE_STEP;
/** Side of a colour in the legend. */
const SWATCH = 14;
const LEGEND_LINE = 22;
const WIDEST_LABEL = 240;
const OPACITY = 0.65;
const ERROR: Color = [214, 20, 60];
/** Pixels without a true class are covered with stripes in this colour. */
const STRIPE: Color = [255, 255, 255];

interface Row {
  readonly badness: number;
  readonly pictures: readonly Image[];
  readonly caption: string;
  readonly present: readonly number[];
}

/** Keeps the images with the lowest mean IoU, already shrunk, while an evaluation goes on. */
export class WorstImages {
  readonly #classes: readonly DatasetClass[];
  readonly #count: number;
  #rows: Row[] = [];

  constructor(classes: readonly DatasetClass[], count: number) {
    this.#classes = classes;
    this.#count = count;
  }

  /** To be called with every image; those without a scored pixel are passed over. */
  add(evaluated: EvaluatedImage): void {
    const { meanIoU } = evaluated.score;
    if (meanIoU === null || this.#count === 0) return;
    const last = this.#rows.at(-1);
    if (last && this.#rows.length === this.#count && last.badness <= meanIoU) return;
    const row = makeRow(evaluated, meanIoU, this.#classes);
    this.#rows = [...this.#rows, row].sort((a, b) => a.badness - b.badness).slice(0, this.#count);
  }

  /** The sheet, the worst image first; undefined if there is none. */
  sheet(title: string): Image | undefined {
    const rows = this.#rows;
    if (rows.length === 0) return undefined;
    const width = COLUMNS.length * (BOX.width + GAP) + GAP;
    const present = new Set(rows.flatMap((row) => row.present));
    const legend = layOutLegend(
      [
        ...this.#classes.filter((_, id) => present.has(id)).map(({ name, color }) => ({ label: name, color })),
        { label: 'wrong', color: ERROR },
      ],
      width,
    );
    const header = TITLE + legend.height;
    const heights = rows.map(({ pictures }) => (pictures[0] as Image).height + CAPTION);
    const canvas = emptyCanvas(width, header + COLUMN_TITLE + heights.reduce((sum, height) => sum + height, 0));
    drawText(canvas, fitText(title, TITLE_SIZE, width - 2 * GAP), GAP, 32, TITLE_SIZE, INK);
    for (const { label, color, x, y } of legend.entries) {
      fillRectangle(canvas, x, TITLE + y, SWATCH, SWATCH, color);
      drawText(canvas, label, x + SWATCH + 6, TITLE + y + SWATCH - 2, TEXT_SIZE, INK);
    }
    for (const [column, name] of COLUMNS.entries()) {
      drawText(canvas, name, GAP + column * (BOX.width + GAP), header + 16, TEXT_SIZE, FAINT_INK);
    }
    let top = header + COLUMN_TITLE;
    for (const { pictures, caption } of rows) {
      for (const [column, picture] of pictures.entries()) paste(canvas, picture, GAP + column * (BOX.width + GAP), top);
      top += (pictures[0] as Image).height + CAPTION;
      drawText(canvas, fitText(caption, TEXT_SIZE, width - 2 * GAP), GAP, top - 12, TEXT_SIZE, INK);
    }
    return image(canvas.width, canvas.height, canvas.data);
  }
}

interface LegendEntry {
  readonly label: string;
  readonly color: Color;
}

/** The entries one after the other in as many lines as they take, and their height. */
function layOutLegend(entries: readonly LegendEntry[], width: number) {
  let [x, y] = [GAP, 0];
  const placed = entries.map(({ label, color }) => {
    const text = fitText(label, TEXT_SIZE, WIDEST_LABEL);
    const length = SWATCH + 6 + Math.ceil(measureText(text, TEXT_SIZE));
    if (x + length > width - GAP) [x, y] = [GAP, y + LEGEND_LINE];
    const entry = { label: text, color, x, y };
    x += length + 22;
    return entry;
  });
  return { entries: placed, height: y + LEGEND_LINE };
}

function makeRow(evaluated: EvaluatedImage, badness: number, classes: readonly DatasetClass[]): Row {
  const { image: picture, labels, prediction, score } = evaluated;
  const scale = Math.min(BOX.width / picture.width, BOX.height / picture.height);
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  const small = resizeImage(picture, width, height, 'bilinear');
  const truth = resizeLabelMap(labels, width, height);
  const predicted = resizeLabelMap(prediction, width, height);
  const colors = classes.map(({ color }) => color);
  const drawn = (map: LabelMap) => overlay(small, map, colors, { opacity: OPACITY, boundaries: false });
  const parts = [
    score.name,
    `mean IoU ${percent(badness)}`,
    `${percent(score.pixelAccuracy ?? 0)} of pixels right`,
    ...worstConfusion(evaluated, classes),
  ];
  return {
    badness,
    pictures: [
      small,
      striped(drawn(truth), truth, classes.length),
      drawn(predicted),
      drawErrors(small, truth, predicted, classes.length),
    ],
    caption: parts.join(' · '),
    present: [...presentLabels(truth), ...presentLabels(predicted)],
  };
}

/** The wrong pixels on a pale grey picture. */
function drawErrors(picture: Image, truth: LabelMap, prediction: LabelMap, classes: number): Image {
  const { width, height, data } = picture;
  const pale = new Uint8Array(data.length);
  for (let byte = 0; byte < data.length; byte += 3) {
    const grey =
      0.299 * (data[byte] as number) + 0.587 * (data[byte + 1] as number) + 0.114 * (data[byte + 2] as number);
    pale.fill(110 + grey / 2, byte, byte + 3);
  }
  const wrong = Uint8Array.from(truth.data, (id, pixel) => (id < classes && prediction.data[pixel] !== id ? 0 : 255));
  const marked = overlay(image(width, height, pale), labelMap(width, height, wrong), [ERROR], {
    opacity: 0.85,
    boundaries: false,
  });
  return striped(marked, truth, classes);
}

function striped(picture: Image, truth: LabelMap, classes: number): Image {
  for (let pixel = 0; pixel < truth.data.length; pixel++) {
    const [x, y] = [pixel % picture.width, Math.floor(pixel / picture.width)];
    if ((truth.data[pixel] as number) >= classes && (x + y) % 8 < 2) picture.data.set(STRIPE, pixel * 3);
  }
  return picture;
}

/** The two classes that were confused on the most pixels, in words. */
function worstConfusion({ matrix, score }: EvaluatedImage, classes: readonly DatasetClass[]): string[] {
  let worst = { pixels: 0, truth: 0, predicted: 0 };
  for (const [cell, pixels] of matrix.counts.entries()) {
    const [truth, predicted] = [Math.floor(cell / matrix.classes), cell % matrix.classes];
    if (truth !== predicted && pixels > worst.pixels) worst = { pixels, truth, predicted };
  }
  if (worst.pixels === 0) return [];
  const nameOf = (id: number) => classes[id]?.name ?? `class ${id}`;
  return [`${nameOf(worst.truth)} taken for ${nameOf(worst.predicted)}: ${percent(worst.pixels / score.pixels)}`];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
