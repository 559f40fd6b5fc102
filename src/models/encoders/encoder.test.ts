/** What is true of all encoders. */
import { beforeAll, describe, expect, test } from 'vitest';
import { fillTensor, fillWeights } from '../../../test/golden/formula.ts';
import { runGraph } from '../../../test/golden/run-graph.ts';
import { relativeDifference } from '../../inference/check-export.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { parametersOf } from '../../graph/walk.ts';
import { scope } from '../../nn/scope.ts';
import { PIXEL_VALUES, pixelValues } from '../pixel-values.ts';
import { type EncoderForm, stageSteps, tapsAtStride } from './encoder.ts';
import { ENCODERS } from './index.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const [HEIGHT, WIDTH] = [70, 97];

describe.each([
  ['resnet18', {}],
  ['resnet50', { stridePlacement: '3x3' }],
  ['resnet50', { stridePlacement: '1x1' }],
  ['mobilenetv2', {}],
] as const)('%s %j', (name, form: EncoderForm) => {
  test.each([16, 8] as const)(
    'dilated to a stride of %i has the strided features, and others between them',
    async (encoderStride) => {
      const { taps, forward } = ENCODERS[name];
      const x = pixelValues({ batch: 1, height: HEIGHT, width: WIDTH });
      const strided = forward(scope('encoder'), x, form);
      const dilated = forward(scope('encoder'), x, { ...form, encoderStride });
      const shapes = [...parametersOf(strided)].map(([each, { shape }]) => [each, shape] as const);
      expect([...parametersOf(dilated)].map(([each, { shape }]) => [each, shape])).toEqual(shapes);
      const results = await runGraph(
        backend,
        Object.fromEntries([...strided.map((y, at) => [`s${at}`, y]), ...dilated.map((y, at) => [`d${at}`, y])]),
        fillWeights(shapes),
        { [PIXEL_VALUES]: fillTensor('x', [1, 3, HEIGHT, WIDTH]) },
      );
      for (const [at, { stride }] of tapsAtStride(ENCODERS[name], encoderStride).entries()) {
        const [sparse, dense] = [results[`s${at}`] as Tensor, results[`d${at}`] as Tensor];
        expect(dense.shape.slice(2)).toEqual([Math.ceil(HEIGHT / stride), Math.ceil(WIDTH / stride)]);
        const between = (taps[at]?.stride as number) / stride;
        expect(relativeDifference(everyNth(dense, between), sparse.data as Float32Array)).toBeLessThan(1e-5);
      }
    },
  );
});

test('fresh convolutions of an encoder are drawn as He by the outputs of a group, so that depthwise ones keep signals their size', () => {
  for (const { forward } of Object.values(ENCODERS)) {
    const parameters = parametersOf(forward(scope('encoder'), pixelValues()));
    for (const [name, { shape, source }] of parameters) {
      if (shape.length !== 4) continue;
      const [outputs, inputs, height, width] = shape as [number, number, number, number];
      const isDepthwise = inputs === 1;
      const fanOut = (isDepthwise ? 1 : outputs) * height * width;
      expect(source.initializer, name).toEqual({ kind: 'normal', std: Math.sqrt(2 / fanOut) });
    }
  }
});

test('the stages below an encoder stride keep their size, and the dilation grows with each', () => {
  const stages = [1, 2, 2, 2].map((stride) => ({ stride, repeats: 2 }));
  const plain = { stride: 1, dilation: 1, after: 1 };
  expect(stageSteps(stages, 4, 8).slice(1)).toEqual([
    [{ stride: 2, dilation: 1, after: 1 }, plain],
    [
      { stride: 1, dilation: 1, after: 2 },
      { stride: 1, dilation: 2, after: 2 },
    ],
    [
      { stride: 1, dilation: 2, after: 4 },
      { stride: 1, dilation: 4, after: 4 },
    ],
  ]);
  expect(stageSteps(stages, 4)).toEqual(stageSteps(stages, 4, 32));
});

/** Every nth row and column of a feature [1, C, h, w]. */
function everyNth({ shape, data }: Tensor, n: number): Float32Array {
  const [, channels, height, width] = shape as [number, number, number, number];
  const kept: number[] = [];
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y += n)
      for (let x = 0; x < width; x += n) kept.push(Number(data[(c * height + y) * width + x]));
  return Float32Array.from(kept);
}
