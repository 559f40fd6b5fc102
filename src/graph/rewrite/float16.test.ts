import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../test/golden/formula.ts';
import { formulaWeights, largestDifference, operators, runEach } from '../../../test/support/compare-graphs.ts';
import { reducePrecision } from '../../inference/precision.ts';
import { architecture } from '../../models/architectures.ts';
import { network } from '../../models/network.ts';
import { pixelValues } from '../../models/pixel-values.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend, NamedTensors } from '../../runtime/backend.ts';
import { float32 } from '../../tensor/tensor.ts';
import { byteLength } from '../../tensor/weights.ts';
import { constant, input, within } from '../value.ts';
import { relu, sub } from '../ops/elementwise.ts';
import { dequantizeLinear } from '../ops/quantize-linear.ts';
import { transpose } from '../ops/shape.ts';
import { reach } from '../walk.ts';
import { toFloat16 } from './float16.ts';
import { PIXELS } from './network-part.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

describe('a network in float16', () => {
  const logits = network(architecture('refinenet-lw-mobilenetv2', 5), pixelValues());
  const feeds = [
    { pixel_values: fillScaled('pixels', [1, 3, 64, 96], 2) },
    { pixel_values: fillScaled('other', [2, 3, 33, 47], 2) },
  ];

  test('takes and gives float32, nearly the same numbers, with half the bytes', async () => {
    const weights = formulaWeights({ logits });
    const half = await reducePrecision({ outputs: { logits }, weights }, { backend }, 'float16', undefined);
    expect(half.outputs.logits.dtype).toBe('float32');
    expect(operators(half.outputs).filter((name) => name === 'Cast')).toHaveLength(2);
    expect(byteLength(half.weights) / byteLength(weights)).toBeLessThan(0.5);
    const expected = await runEach(backend, { logits }, weights, feeds);
    const got = await runEach(backend, half.outputs, half.weights, feeds);
    for (const [index, reference] of expected.entries()) {
      const error = largestDifference(got[index] as NamedTensors, reference);
      expect(error).toBeGreaterThan(1e-5);
      expect(error).toBeLessThan(5e-3);
    }
  });

  test('leaves the random field behind it in float32, where it meets the image', async () => {
    const plain = architecture('refinenet-lw-mobilenetv2', 5);
    const crf = { dilations: [3], color: 0.226, weight: 4, iterations: 3 };
    const logits = network({ ...plain, decoder: { ...plain.decoder, crf } }, pixelValues());
    const weights = formulaWeights({ logits });
    const half = await reducePrecision({ outputs: { logits }, weights }, { backend }, 'float16', undefined);
    expect(operators(half.outputs).filter((name) => name === 'Cast')).toHaveLength(2);
    const expected = await runEach(backend, { logits }, weights, feeds);
    const got = await runEach(backend, half.outputs, half.weights, feeds);
    for (const [index, reference] of expected.entries()) {
      expect(largestDifference(got[index] as NamedTensors, reference)).toBeLessThan(5e-3);
    }
  });

  test('is the network alone: what reads its result computes in float32', () => {
    const y = relu(logits);
    const half = toFloat16({ outputs: { y }, weights: formulaWeights({ y }) });
    const { nodes } = reach([half.outputs.y]);
    expect(nodes.slice(-3).map(({ op, outputs }) => [op.name, outputs[0]?.dtype])).toEqual([
      ['Conv', 'float16'],
      ['Cast', 'float32'],
      ['Relu', 'float32'],
    ]);
  });

  test('makes numbers of bytes in float32, as no DequantizeLinear of this opset gives another type', () => {
    const bytes = input('bytes', 'uint8', [1, 32, 32, 3]);
    const numbers = constant(float32([3], [1, 2, 3]));
    const pixels = within(PIXELS, () =>
      transpose(sub(dequantizeLinear(bytes, numbers, null, 3), numbers), [0, 3, 1, 2]),
    );
    const scores = network(architecture('refinenet-lw-mobilenetv2', 5), pixels);
    const half = toFloat16({ outputs: { scores }, weights: formulaWeights({ scores }) });
    const { nodes } = reach([half.outputs.scores]);
    expect(nodes.slice(0, 5).map(({ op, outputs }) => [op.name, outputs[0]?.dtype])).toEqual([
      ['DequantizeLinear', 'float32'],
      ['Sub', 'float32'],
      ['Transpose', 'float32'],
      ['Cast', 'float16'],
      ['Conv', 'float16'],
    ]);
  });
});
