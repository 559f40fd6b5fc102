import { beforeAll, expect, test } from 'vitest';
import { formulaWeights } from '../../test/support/compare-graphs.ts';
import { waves } from '../../test/support/synthetic-model.ts';
import { mul } from '../graph/ops/elementwise.ts';
import { scalarLike } from '../graph/ops/constants.ts';
import type { Value } from '../graph/value.ts';
import { LABEL_SETS } from '../labels/sets/label-sets.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { architecture } from '../models/architectures.ts';
import { network } from '../models/network.ts';
import { pixelValues } from '../models/pixel-values.ts';
import { exportOnnx, onnxFile } from '../models/export-onnx.ts';
import { nodeBackend } from '../platform/node/backend.ts';
import type { Backend } from '../runtime/backend.ts';
import { checkExport, FLOAT16_TOLERANCE } from './check-export.ts';
import { calibrateModel } from './calibrate.ts';
import { checkAgreement, exportReduced } from './export-precision.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const definition = architecture('refinenet-lw-mobilenetv2', 11);
const logits = network(definition, pixelValues());
const weights = formulaWeights({ logits });
const description = { definition, classes: LABEL_SETS.camvid.classes, preprocessing: IMAGENET_PREPROCESSING };
const model = { ...description, weights };
const images = [1, 2].map((seed) => ({ width: 64, height: 48, data: new Uint8Array(waves(64, 48, seed)) }));
const changed = (change: (value: Value) => Value) => onnxFile(description, { logits: change(logits) }, weights);

test('an export that is the model agrees on every pixel', async () => {
  expect(await checkAgreement(exportOnnx(description, weights), model, images, backend)).toBe(1);
});

test.each<[string, (value: Value) => Value]>([
  ['another network', (value) => mul(value, scalarLike(value, -1))],
  ['one that gives no numbers', (value) => mul(value, scalarLike(value, Number.NaN))],
])('an export of %s is not kept', async (_, change) => {
  await expect(checkAgreement(changed(change), model, images, backend)).rejects.toThrow(
    /^The exported model gives only \d+\.\d % of the pixels the label that the model gives them in float32; at least 50\.0 % are wanted\. It was not kept\. Calibrate on more images, and such as are to be segmented, or export in float16\.$/,
  );
});

test('neither checking nor calibrating enlarges an image beyond memory', async () => {
  const enlarging = { ...model, preprocessing: { ...IMAGENET_PREPROCESSING, resize: { shortestEdge: 432 } } };
  const strip = [{ width: 40, height: 40_000, data: new Uint8Array(3 * 40 * 40_000) }];
  const message =
    'would be enlarged to 432 x 432000 before it enters the network, more than the 64000000 pixels allowed';
  const bytes = exportOnnx(description, weights);
  await expect(checkAgreement(bytes, enlarging, strip, backend)).rejects.toThrow(message);
  await expect(calibrateModel(enlarging, strip, backend)).rejects.toThrow(message);
});

test('float16 is checked by its logits, more loosely than float32, but not loosely', async () => {
  const bytes = await exportReduced(model, backend, 'float16');
  expect(await checkExport(bytes, model, backend, FLOAT16_TOLERANCE)).toBeGreaterThan(1e-4);
  await expect(checkExport(bytes, model, backend)).rejects.toThrow('allowed 0.0001. It was not kept.');
  const off = changed((value) => mul(value, scalarLike(value, 1.05)));
  await expect(checkExport(off, model, backend, FLOAT16_TOLERANCE)).rejects.toThrow('5.0e-2, allowed 0.02.');
});
