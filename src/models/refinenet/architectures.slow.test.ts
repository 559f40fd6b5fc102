/** Forms of the network without published numbers, held to what must be true of them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { fillTensor, fillWeights } from '../../../test/golden/formula.ts';
import { runGraph } from '../../../test/golden/run-graph.ts';
import { parametersOf } from '../../graph/walk.ts';
import { relativeDifference } from '../../inference/check-export.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { architecture } from '../architectures.ts';
import { LOGITS, PIXEL_VALUES, pixelValues } from '../pixel-values.ts';
import { CASCADES, type CascadeName } from './cascades.ts';
import type { RefineNetDefinition } from './definition.ts';
import { refineNet } from './refinenet.ts';
import type { Variation } from './variation.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

async function logitsOf(
  definition: RefineNetDefinition,
  height: number,
  width: number,
  open: boolean,
): Promise<Tensor> {
  const logits = refineNet(definition, open ? pixelValues() : pixelValues({ batch: 2, height, width }));
  const pixels = fillTensor(`x:${height}x${width}`, [2, 3, height, width]);
  const shapes = [...parametersOf([logits])].map(([name, { shape }]) => [name, shape] as const);
  const results = await runGraph(backend, { [LOGITS]: logits }, fillWeights(shapes), { [PIXEL_VALUES]: pixels });
  return results[LOGITS] as Tensor;
}

const variations: readonly [string, Variation][] = [
  ...(Object.keys(CASCADES) as CascadeName[]).map((cascade): [string, Variation] => [
    'refinenet-lw-resnet18',
    { cascade },
  ]),
  ['refinenet-resnet18', { cascade: '4-cascaded-2-scale', pooling: { order: 'conv-pool', count: 2 } }],
  ['refinenet-lw-resnet50', { stridePlacement: '1x1', skip: 'rectified', classifier: 1 }],
  ['refinenet-lw-resnet34', {}],
  ['refinenet-lw-mobilenetv2', {}],
  ['refinenet-lw-mobilenetv2', { encoderStride: 16, imagePooling: true }],
  ['refinenet-lw-mobilenetv2', { encoderStride: 16, imagePooling: 'projected' }],
  ['refinenet-resnet18', { encoderStride: 8, imagePooling: true, cascade: '4-cascaded-2-scale' }],
];

/** Paths of several scales that enter blocks out of step: features of unlike strides meet, some of the same stride. */
const uneven = [
  [8, 1],
  [4, 1],
  [3, 1],
  [3, 2, 1],
].map((imageDivisors): [string, RefineNetDefinition] => {
  const { decoder, ...rest } = architecture('refinenet-lw-resnet18', 5);
  const coarse = imageDivisors.slice(1).flatMap(() => [1, 1, 1, 1]);
  const definition = { ...rest, imageDivisors, decoder: { ...decoder, cascade: [...coarse, 1, 2, 3, 4] } };
  return [`refinenet-lw-resnet18 at 1/${imageDivisors.join(', 1/')} of the size`, definition];
});

const definitions = [
  ...variations.map(([name, variation]): [string, RefineNetDefinition] => [
    `${name} ${JSON.stringify(variation)}`,
    architecture(name, 5, variation),
  ]),
  ...uneven,
];

describe.each(definitions)('%s', (_, definition) => {
  test('gives with open extents what it gives with known ones, and each image of a batch its own logits', async () => {
    for (const [height, width] of [
      [33, 47],
      [96, 64],
    ] as const) {
      const open = await logitsOf(definition, height, width, true);
      const known = await logitsOf(definition, height, width, false);
      expect(open.shape).toEqual([2, 5, Math.ceil(height / 4), Math.ceil(width / 4)]);
      expect(known.shape).toEqual(open.shape);
      expect(relativeDifference(known.data as Float32Array, open.data as Float32Array)).toBeLessThan(1e-5);
      const [first, second] = [0, 1].map((index) =>
        (open.data as Float32Array).subarray((index * open.data.length) / 2, ((index + 1) * open.data.length) / 2),
      );
      expect(relativeDifference(first as Float32Array, second as Float32Array)).toBeGreaterThan(1e-3);
    }
  });
});
