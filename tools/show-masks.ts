/**
 * Draws what a model gets right and wrong, for its card: the masks of the images with the highest and the lowest mean IoU, of
 * those in which people or the model see more than background, without the photographs. Class 0 is background. `npx tsx tools/show-masks.ts DATASET MODEL FILE.webp`, in a built checkout.
 */
import sharp from 'sharp';
import { emptyCanvas, FAINT_INK, paste } from '../src/drawing/canvas.ts';
import { colorize } from '../src/drawing/colorize.ts';
import { drawLegendLines, layOutLegend } from '../src/drawing/legend-lines.ts';
import { drawSheet, fitInto, type SheetRow } from '../src/drawing/sheet.ts';
import { CRISP_SIZE_STEP } from '../src/drawing/text.ts';
import { type EvaluatedImage, evaluate } from '../src/evaluation/evaluate.ts';
import { segmenterPredictions } from '../src/evaluation/segmenter-predictions.ts';
import type { LabelMap } from '../src/image/label-map.ts';
import { resizeLabelMap } from '../src/image/resample.ts';
import type { Color } from '../src/image/image.ts';
import { IGNORE_INDEX } from '../src/labels/label-table.ts';
import { decodeDatasetImage, openDatasetAt } from '../src/platform/node/dataset-files.ts';
import { loadModel } from '../src/platform/node/load.ts';
import { percent } from '../src/text.ts';

const COUNT = 10;
/** Images side by side, each by its truth and its prediction. */
const ACROSS = 5;
const BOX = { width: 118, height: 96 } as const;
const LAYOUT = {
  columns: 2 * ACROSS,
  width: BOX.width,
  gap: 6,
  header: 34,
  footer: 30,
} as const;
const TEXT_SIZE = 2 * CRISP_SIZE_STEP;
/** Background is paper, nearly, so that classes stand out. */
const BACKGROUND: Color = [232, 232, 232];

const [path, model, output] = process.argv.slice(2);
if (!path || !model || !output) throw new Error('Give the data set, the model and the picture to write.');

const dataset = await openDatasetAt(path);
await using segmenter = await loadModel(model);
const all: EvaluatedImage[] = [];
await evaluate(dataset, segmenterPredictions(segmenter), {
  split: 'val',
  boundaries: false,
  decodeImage: decodeDatasetImage,
  onImage: (image: EvaluatedImage) => void all.push(image),
});
const hasThings = ({ data }: LabelMap): boolean => data.some((id) => id !== 0 && id !== IGNORE_INDEX);
const ranked = all
  .flatMap((image) => (image.score.meanIoU === null ? [] : [{ ...image, rank: image.score.meanIoU }]))
  .filter(({ labels, prediction }) => hasThings(labels) || hasThings(prediction))
  .sort((one, other) => other.rank - one.rank);

const { classes } = segmenter.description;
const colors = [BACKGROUND, ...classes.slice(1).map(({ color }) => color)];
const shown = new Set<number>();

function tileOf(labels: LabelMap) {
  const [width, height] = fitInto(labels, BOX);
  for (const id of labels.data) if (id !== IGNORE_INDEX) shown.add(id);
  const tile = emptyCanvas(BOX.width, BOX.height);
  const [left, top] = [Math.floor((BOX.width - width) / 2), BOX.height - height];
  paste(tile, colorize(resizeLabelMap(labels, width, height), colors), left, top);
  return tile;
}

type Ranked = (typeof ranked)[number];

const rowsOf = (images: readonly Ranked[]): SheetRow[] =>
  Array.from({ length: Math.ceil(images.length / ACROSS) }, (_, row) => {
    const part = images.slice(row * ACROSS, (row + 1) * ACROSS);
    return {
      images: part.flatMap(({ labels, prediction }) => [tileOf(labels), tileOf(prediction)]),
      captions: part.flatMap(({ rank }, at) => [
        { text: 'drawn by hand', size: TEXT_SIZE, baseline: 14, column: 2 * at, color: FAINT_INK },
        { text: percent(rank), size: TEXT_SIZE, baseline: 14, column: 2 * at + 1 },
      ]),
    };
  });

const sheetOf = (title: string, images: readonly Ranked[], bottom = 0) =>
  drawSheet({ ...LAYOUT, bottom }, [{ text: title, size: 3 * CRISP_SIZE_STEP, baseline: 24 }], rowsOf(images));

const best = ranked.slice(0, COUNT);
const worst = ranked.slice(-COUNT).reverse();
const right = sheetOf(
  `The ${best.length} of ${ranked.length} images with the highest mean IoU: drawn by hand, and by the model`,
  best,
);
for (const { labels, prediction } of worst) for (const id of [...labels.data, ...prediction.data]) shown.add(id);
const entries = classes.flatMap(({ name }, id) => (shown.has(id) ? [{ label: name, color: colors[id] as Color }] : []));
const legend = layOutLegend([...entries, { label: 'not scored', color: [0, 0, 0] }], right.width, LAYOUT.gap);
const wrong = sheetOf('The lowest', worst, legend.height + LAYOUT.gap);
drawLegendLines(wrong, legend, wrong.height - legend.height);
const data = new Uint8Array(right.data.length + wrong.data.length);
data.set(right.data);
data.set(wrong.data, right.data.length);
const { size } = await sharp(data, { raw: { width: right.width, height: right.height + wrong.height, channels: 3 } })
  .webp({ quality: 80, effort: 6 })
  .toFile(output);
console.log(`${output}: ${Math.round(size / 1000)} kB`);
