/** Sample predictions on one picture: each row an image, its mask and what the network says. */
import { emptyCanvas, INK, paste } from './canvas.ts';
import { type Color, type Image, image } from '../image/image.ts';
import { countLabels, type LabelMap, labelMap } from '../image/label-map.ts';
import { withLegend } from './legend.ts';
import { overlay } from './overlay.ts';
import { resizeImage, resizeLabelMap } from '../image/resample.ts';
import { drawText, fitText } from './text.ts';

/** A picture with its mask and what a network says of it, all of one size. */
export interface PredictedSample {
  readonly name: string;
  readonly image: Image;
  /** Class ids, and 255 where the mask is not looked at. */
  readonly labels: LabelMap;
  readonly prediction: LabelMap;
}

/** Pixels across one picture of the sheet. */
const TILE_WIDTH = 320;
const GAP = 8;
const TITLE_HEIGHT = 24;
const TEXT_SIZE = 11;
const COLUMNS = ['image', 'mask', 'prediction'] as const;

interface Class {
  readonly name: string;
  readonly color: Color;
}

/** The sheet: three columns of 320 pixels each, the samples below each other, the legend of their classes beside or below. */
export function sampleSheet(samples: readonly PredictedSample[], classes: readonly Class[]): Image {
  const colors = classes.map(({ color }) => color);
  const rows = samples.map((sample) => tiles(sample, colors));
  const width = COLUMNS.length * (TILE_WIDTH + GAP) + GAP;
  const height = TITLE_HEIGHT + rows.reduce((sum, [first]) => sum + (first as Image).height + TITLE_HEIGHT, 0) + GAP;
  const canvas = emptyCanvas(width, height);
  const left = (column: number) => GAP + column * (TILE_WIDTH + GAP);
  for (const [column, title] of COLUMNS.entries()) drawText(canvas, title, left(column), 17, TEXT_SIZE, INK);
  let top = TITLE_HEIGHT;
  for (const [row, pictures] of rows.entries()) {
    for (const [column, picture] of pictures.entries()) paste(canvas, picture, left(column), top);
    top += (pictures[0] as Image).height + TITLE_HEIGHT;
    const name = fitText((samples[row] as PredictedSample).name, TEXT_SIZE, width - 2 * GAP);
    drawText(canvas, name, left(0), top - 9, TEXT_SIZE, INK);
  }
  return withLegend(image(width, height, canvas.data), legendOf(samples, classes));
}

function tiles({ image: picture, labels, prediction }: PredictedSample, colors: readonly Color[]): readonly Image[] {
  const height = Math.max(1, Math.round((picture.height * TILE_WIDTH) / picture.width));
  const small = resizeImage(picture, TILE_WIDTH, height, 'bilinear');
  const drawn = (map: LabelMap) =>
    overlay(small, resizeLabelMap(map, TILE_WIDTH, height), colors, { opacity: 0.65, boundaries: false });
  return [small, drawn(labels), drawn(withIgnored(prediction, labels))];
}

/** The prediction, without what the mask says is not looked at. */
function withIgnored(prediction: LabelMap, { data }: LabelMap): LabelMap {
  const shown = Uint16Array.from(prediction.data, (id, pixel) => (data[pixel] === 255 ? 255 : id));
  return labelMap(prediction.width, prediction.height, shown);
}

function legendOf(samples: readonly PredictedSample[], classes: readonly Class[]) {
  const isShown = classes.map(() => false);
  for (const { labels, prediction } of samples) {
    for (const map of [labels, prediction]) {
      for (const [id, count] of countLabels(map, classes.length).entries()) if (count > 0) isShown[id] = true;
    }
  }
  return classes.filter((_, id) => isShown[id]).map(({ name, color }) => ({ label: name, color }));
}
