/** Sample predictions on one image: each row an image, its mask and what the network says. */
import type { Color, Image } from '../image/image.ts';
import { countLabels, type LabelMap, labelMap } from '../image/label-map.ts';
import type { LabelClass } from '../labels/label-class.ts';
import { IGNORE_INDEX } from '../labels/label-table.ts';
import { withLegend } from './legend.ts';
import { overlay } from './overlay.ts';
import { resizeImage, resizeLabelMap } from '../image/resample.ts';
import { drawSheet } from './sheet.ts';

/** An image with its mask and what a network says of it, all of one size. */
export interface PredictedSample {
  readonly name: string;
  readonly image: Image;
  /** Class ids, and 255 where the mask is not looked at. */
  readonly labels: LabelMap;
  readonly prediction: LabelMap;
}

/** Pixels across one image of the sheet. */
const TILE_WIDTH = 320;
const TEXT_SIZE = 11;
const COLUMNS = ['image', 'mask', 'prediction'] as const;
const LAYOUT = { columns: COLUMNS.length, width: TILE_WIDTH, gap: 8, header: 24, footer: 24, bottom: 8 } as const;

/** The sheet: three columns of 320 pixels each, the samples below each other, the legend of their classes beside or below. */
export function sampleSheet(samples: readonly PredictedSample[], classes: readonly LabelClass[]): Image {
  const colors = classes.map(({ color }) => color);
  const titles = COLUMNS.map((text, column) => ({ text, size: TEXT_SIZE, baseline: 17, column }));
  const rows = samples.map((sample) => ({
    images: tiles(sample, colors),
    captions: [{ text: sample.name, size: TEXT_SIZE, baseline: 15 }],
  }));
  return withLegend(drawSheet(LAYOUT, titles, rows), legendOf(samples, classes));
}

function tiles({ image, labels, prediction }: PredictedSample, colors: readonly Color[]): readonly Image[] {
  const height = Math.max(1, Math.round((image.height * TILE_WIDTH) / image.width));
  const small = resizeImage(image, TILE_WIDTH, height, 'bilinear');
  const drawn = (map: LabelMap) =>
    overlay(small, resizeLabelMap(map, TILE_WIDTH, height), colors, { opacity: 0.65, boundaries: false });
  return [small, drawn(labels), drawn(withIgnored(prediction, labels))];
}

/** The prediction, without what the mask says is not looked at. */
function withIgnored(prediction: LabelMap, { data }: LabelMap): LabelMap {
  const shown = Uint16Array.from(prediction.data, (id, pixel) => (data[pixel] === IGNORE_INDEX ? IGNORE_INDEX : id));
  return labelMap(prediction.width, prediction.height, shown);
}

function legendOf(samples: readonly PredictedSample[], classes: readonly LabelClass[]) {
  const isShown = classes.map(() => false);
  for (const { labels, prediction } of samples) {
    for (const map of [labels, prediction]) {
      for (const [id, count] of countLabels(map, classes.length).entries()) if (count > 0) isShown[id] = true;
    }
  }
  return classes.filter((_, id) => isShown[id]).map(({ name, color }) => ({ label: name, color }));
}
