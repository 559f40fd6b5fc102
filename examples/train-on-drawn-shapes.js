// @ts-check
/**
 * Trains a small network on shapes that are drawn here, for a minute or two, and shows what it learned.
 *
 *   node train-on-drawn-shapes.js [folder]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { architecture, colorize, drawShapes, image, resizeImage, SHAPE_CLASSES, withLegend } from 'refinenet/node';
import { createRunFolder, decodeDatasetImage, folderSink, folderStorage, loadModel, nodeBackend } from 'refinenet/node';
import { evaluate, openDatasetAt, planTraining, Segmenter, segmenterPredictions } from 'refinenet/node';
import { startingModelFor, train, writeImage, writeShapesDataset } from 'refinenet/node';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: 'string', default: '400' }, epochs: { type: 'string', default: '10' } },
});
const folder = await createRunFolder(positionals[0] ?? 'shapes');
const size = 64;

// Images, masks and a data.yaml, laid out as yours could be.
const data = join(folder, 'data');
await writeShapesDataset(folderSink(data), {
  seed: 0,
  counts: { train: Number(values.images), val: 16, test: 40 },
  size,
});
const dataset = await openDatasetAt(data);

// The finer half of ResNet-18 and a decoder of two paths: enough for shapes.
const published = architecture('refinenet-lw-resnet18', dataset.classes.length);
const pooling = { ...published.decoder.pooling, count: 2 };
const decoder = { ...published.decoder, taps: ['layer2', 'layer1'], widths: [64, 64], cascade: [1, 2], pooling };
const model = startingModelFor(dataset, { definition: { ...published, decoder } });
const backend = await nodeBackend();

// What is looked at before and after. The same seed and key give the same drawing.
const drawings = Array.from({ length: 5 }, (_, index) => drawShapes(0, ['to look at', index], size));
const colors = SHAPE_CLASSES.map(({ color }) => color);
const before = await examine(await Segmenter.create(model, backend));

const run = join(folder, 'run');
const given = { model, dataset, decodeImage: decodeDatasetImage };
const { configuration, warnings } = await planTraining({
  ...given,
  overrides: {
    crop: size,
    epochs: Number(values.epochs),
    augmentation: [{ transform: 'flip' }, { transform: 'color-jitter', brightness: 0.2, contrast: 0.2 }],
    rates: { encoder: 4e-3, decoder: 4e-3, classifier: 4e-3 },
    schedule: { name: 'one-cycle', rise: 0.2, initial: 0.1, final: 0.01, warmup: 0 },
    classWeights: 'none',
    validateEvery: 5,
  },
});
for (const warning of warnings) console.warn(warning);
await train({
  ...given,
  backend,
  storage: folderStorage(run),
  configuration,
  callbacks: {
    onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch} of ${values.epochs}: mean loss ${loss.toFixed(3)}`),
    onWarning: (message) => console.warn(message),
  },
});
const after = await examine(await loadModel(join(run, 'best')));

const masks = drawings.map(({ labels }) => colorize(labels, colors));
const picture = join(folder, 'before-and-after.png');
await writeImage(picture, sheet([drawings.map((each) => each.image), masks, before.found, after.found]), 'png');
console.log(`mIoU on 40 images that it was not trained on: ${before.percent} % before, ${after.percent} % after`);
console.log(`${picture}: image, mask, prediction before, prediction after`);

/** Scores a network on the test images, and draws what it finds. @param {Pick<Segmenter, 'description' | 'segment' | 'dispose'>} segmenter */
async function examine(segmenter) {
  const options = { split: 'test', decodeImage: decodeDatasetImage };
  const { metrics } = await evaluate(dataset, segmenterPredictions(segmenter), options);
  const found = [];
  for (const { image } of drawings) found.push(colorize((await segmenter.segment(image)).labels, colors));
  await segmenter.dispose();
  return { percent: (100 * (metrics.meanIoU ?? 0)).toFixed(1), found };
}

/** Pictures in columns, three times their size, with a legend. @param {import('refinenet/node').Image[][]} columns */
function sheet(columns) {
  const step = size + 2;
  const [width, height] = [columns.length * step, drawings.length * step];
  const pixels = new Uint8Array(3 * width * height).fill(255);
  for (const [x, column] of columns.entries()) {
    for (const [y, { data }] of column.entries()) {
      for (let row = 0; row < size; row++) {
        const line = data.subarray(3 * size * row, 3 * size * (row + 1));
        pixels.set(line, 3 * (width * (step * y + row) + step * x));
      }
    }
  }
  const large = resizeImage(image(width, height, pixels), 3 * width, 3 * height, 'nearest');
  return withLegend(
    large,
    SHAPE_CLASSES.map(({ name, color }) => ({ label: name, color })),
  );
}
