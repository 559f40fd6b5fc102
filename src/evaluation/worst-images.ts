/** The images that were predicted worst, on one image, truth, prediction and errors side by side. */
import type { LabelClass } from '../labels/label-class.ts';
import { type Color, type Image, image } from '../image/image.ts';
import { type LabelMap, labelMap, presentLabels } from '../image/label-map.ts';
import { overlay } from '../drawing/overlay.ts';
import { resizeImage, resizeLabelMap } from '../image/resample.ts';
import { drawLegendLines, layOutLegend } from '../drawing/legend-lines.ts';
import { drawSheet, fitInto } from '../drawing/sheet.ts';
import { drawStripes } from '../drawing/stripes.ts';
import { CRISP_SIZE_STEP } from '../drawing/text.ts';
import { FAINT_INK } from '../drawing/canvas.ts';
import { percent } from '../text.ts';
import type { EvaluatedImage } from './evaluate.ts';

const COLUMNS = ['image', 'truth (striped: unlabeled)', 'prediction', 'errors'] as const;
/** An image's box in pixels: a portrait does not rule the sheet. */
const BOX = { width: 320, height: 240 } as const;
const GAP = 10;
const WIDTH = COLUMNS.length * (BOX.width + GAP) + GAP;
const TITLE = 44;
const COLUMN_TITLE = 24;
const CAPTION = 30;
const TEXT_SIZE = 3 * CRISP_SIZE_STEP;
const TITLE_SIZE = 4 * CRISP_SIZE_STEP;
const OPACITY = 0.65;
const ERROR: Color = [214, 20, 60];

interface Row {
  /** What rows are sorted by: the image's mean IoU. */
  readonly rank: number;
  readonly images: readonly Image[];
  readonly caption: string;
  readonly present: readonly number[];
}

/** Keeps the images with the lowest mean IoU, already shrunk, while an evaluation goes on. */
export class WorstImages {
  readonly #classes: readonly LabelClass[];
  readonly #count: number;
  #rows: Row[] = [];

  constructor(classes: readonly LabelClass[], count: number) {
    this.#classes = classes;
    this.#count = count;
  }

  /** Takes every image; those without a scored pixel are passed over. */
  add(evaluated: EvaluatedImage): void {
    const { meanIoU } = evaluated.score;
    if (meanIoU === null || this.#count === 0) return;
    const last = this.#rows.at(-1);
    if (last && this.#rows.length === this.#count && last.rank <= meanIoU) return;
    const row = makeRow(evaluated, meanIoU, this.#classes);
    this.#rows = [...this.#rows, row].sort((a, b) => a.rank - b.rank).slice(0, this.#count);
  }

  /** The sheet, the worst image first; undefined if there is none. */
  sheet(title: string): Image | undefined {
    const rows = this.#rows;
    if (rows.length === 0) return undefined;
    const present = new Set(rows.flatMap((row) => row.present));
    const legend = layOutLegend(
      [
        ...this.#classes.filter((_, id) => present.has(id)).map(({ name, color }) => ({ label: name, color })),
        { label: 'wrong', color: ERROR },
      ],
      WIDTH,
      GAP,
    );
    const columnTitles = TITLE + legend.height;
    const canvas = drawSheet(
      { columns: COLUMNS.length, width: BOX.width, gap: GAP, header: columnTitles + COLUMN_TITLE, footer: CAPTION },
      [
        { text: title, size: TITLE_SIZE, baseline: 32 },
        ...COLUMNS.map((text, column) => ({
          text,
          size: TEXT_SIZE,
          baseline: columnTitles + 16,
          column,
          color: FAINT_INK,
        })),
      ],
      rows.map(({ images, caption }) => ({
        images,
        captions: [{ text: caption, size: TEXT_SIZE, baseline: CAPTION - 12 }],
      })),
    );
    drawLegendLines(canvas, legend, TITLE);
    return canvas;
  }
}

function makeRow(evaluated: EvaluatedImage, rank: number, classes: readonly LabelClass[]): Row {
  const { image, labels, prediction, score } = evaluated;
  const [width, height] = fitInto(image, BOX);
  const small = resizeImage(image, width, height, 'bilinear');
  const truth = resizeLabelMap(labels, width, height);
  const predicted = resizeLabelMap(prediction, width, height);
  const isUnscored = (id: number) => id >= classes.length;
  const colors = classes.map(({ color }) => color);
  const drawn = (map: LabelMap) => overlay(small, map, colors, { opacity: OPACITY, boundaries: false });
  const parts = [
    score.name,
    `mean IoU ${percent(rank)}`,
    `${percent(score.pixelAccuracy ?? 0)} of pixels right`,
    ...worstConfusion(evaluated, classes),
  ];
  return {
    rank,
    images: [
      small,
      drawStripes(drawn(truth), truth, isUnscored),
      drawn(predicted),
      drawErrors(small, truth, predicted, classes.length),
    ],
    caption: parts.join(' · '),
    present: [...presentLabels(truth), ...presentLabels(predicted)],
  };
}

/** The wrong pixels on a pale gray image. */
function drawErrors(photo: Image, truth: LabelMap, prediction: LabelMap, classes: number): Image {
  const { width, height, data } = photo;
  const pale = new Uint8Array(data.length);
  for (let byte = 0; byte < data.length; byte += 3) {
    const gray =
      0.299 * (data[byte] as number) + 0.587 * (data[byte + 1] as number) + 0.114 * (data[byte + 2] as number);
    pale.fill(110 + gray / 2, byte, byte + 3);
  }
  const wrong = Uint8Array.from(truth.data, (id, pixel) => (id < classes && prediction.data[pixel] !== id ? 0 : 255));
  const marked = overlay(image(width, height, pale), labelMap(width, height, wrong), [ERROR], {
    opacity: 0.85,
    boundaries: false,
  });
  return drawStripes(marked, truth, (id) => id >= classes);
}

/** The two classes that were confused on the most pixels, in words. */
function worstConfusion({ matrix, score }: EvaluatedImage, classes: readonly LabelClass[]): string[] {
  let worst = { pixels: 0, truth: 0, predicted: 0 };
  for (const [cell, pixels] of matrix.counts.entries()) {
    const [truth, predicted] = [Math.floor(cell / matrix.classes), cell % matrix.classes];
    if (truth !== predicted && pixels > worst.pixels) worst = { pixels, truth, predicted };
  }
  if (worst.pixels === 0) return [];
  const nameOf = (id: number) => classes[id]?.name ?? `class ${id}`;
  return [`${nameOf(worst.truth)} taken for ${nameOf(worst.predicted)}: ${percent(worst.pixels / score.pixels)}`];
}
