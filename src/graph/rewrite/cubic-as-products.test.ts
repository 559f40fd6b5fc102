import { beforeAll, describe, expect, test } from 'vitest';
import { fillScaled } from '../../../test/golden/formula.ts';
import { differences, operators } from '../../../test/support/compare-graphs.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { Dimension } from '../dimension.ts';
import { type CoordinateTransformation, type ResizeAttributes, resize } from '../ops/resize.ts';
import { constant, input, type Value } from '../value.ts';
import { int64 } from '../../tensor/tensor.ts';
import { cubicAsProducts } from './cubic-as-products.ts';
import { rewrite } from './rewrite.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await nodeBackend();
});

function enlarged(
  shape: readonly Dimension[],
  mode: ResizeAttributes['mode'],
  coordinates: CoordinateTransformation,
): { y: Value } {
  const x = input('x', 'float32', shape);
  return { y: resize(x, { size: constant(int64([2], [13, 21])), names: [13, 21] }, coordinates, mode) };
}

describe('cubic interpolation as products', () => {
  test.each(['align_corners', 'half_pixel'] as const)("gives the numbers of the engine's (%s)", async (coordinates) => {
    const plain = enlarged([2, 3, 7, 11], 'cubic', coordinates);
    const products = rewrite(plain, cubicAsProducts);
    expect(products.y.shape).toEqual(plain.y.shape);
    expect(operators(products)).toEqual(['MatMul', 'MatMul']);
    const feeds = [{ x: fillScaled('x', [2, 3, 7, 11]) }];
    for (const error of await differences(backend, plain, products, feeds)) expect(error).toBeLessThan(1e-6);
  });

  test.each([
    ['sizes that are open', ['batch', 3, 'height', 'width'], 'cubic'],
    ['linear interpolation, which engines are fast at', [2, 3, 7, 11], 'linear'],
  ] as const)('leaves %s alone', (_, shape, mode) => {
    const plain = enlarged(shape, mode, 'align_corners');
    expect(operators(rewrite(plain, cubicAsProducts))).toEqual(operators(plain));
  });
});
