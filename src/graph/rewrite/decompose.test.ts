import { describe, expect, test } from 'vitest';
import { operators } from '../../../test/support/compare-graphs.ts';
import { gradient } from '../gradient/gradient.ts';
import { conv } from '../ops/conv.ts';
import { relu } from '../ops/elementwise.ts';
import { toOnnx } from '../to-onnx.ts';
import { input, type Value } from '../value.ts';
import { reach } from '../walk.ts';
import { decompose } from './decompose.ts';

const x = input('x', 'float32', [2, 3, 8, 8]);
const w = input('w', 'float32', [4, 3, 3, 3]);

describe('decomposition', () => {
  const y = conv(x, w, null);
  const [dx, dw] = gradient(y, [x, w], input('dy', 'float32', y.shape)) as [Value, Value];

  test('replaces what ONNX has no operator for, under the same types and scopes', () => {
    expect(operators({ dx, dw })).toEqual(['ConvInputGradient', 'ConvWeightGradient']);
    const decomposed = decompose({ dx, dw });
    expect(operators(decomposed)).not.toContain('ConvInputGradient');
    expect(operators(decomposed)).not.toContain('ConvWeightGradient');
    expect([decomposed.dx.shape, decomposed.dw.shape]).toEqual([x.shape, w.shape]);
    expect(new Set(reach(Object.values(decomposed)).nodes.map(({ scope }) => scope))).toEqual(
      new Set(['gradient/Conv']),
    );
  });

  test('happens when a graph becomes ONNX', () => {
    const { graph } = toOnnx({ dx, dw }, new Map(), { storage: 'inline' });
    const types = new Set(graph.nodes.map(({ opType }) => opType));
    expect([...types].filter((name) => name.endsWith('Gradient'))).toEqual([]);
    expect(graph.outputs.map(({ name }) => name)).toEqual(['dx', 'dw']);
  });

  test('leaves a graph of ONNX operators as it is', () => {
    const plain = { y: relu(y), x };
    expect(decompose(plain)).toEqual(plain);
    expect(decompose(plain).y).toBe(plain.y);
  });
});
