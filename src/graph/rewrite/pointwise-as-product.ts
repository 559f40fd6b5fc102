/** A 1x1 convolution as a matrix product: the engine turns a convolution's weight around at each run, a product's it takes as it is. */
import { type ConvAttributes, Conv } from '../ops/conv.ts';
import { add } from '../ops/elementwise.ts';
import { matMul } from '../ops/matmul.ts';
import { reshape } from '../ops/shape.ts';
import { isStatic } from '../dimension.ts';
import { type Extents, isPointwise } from '../gradient/convolution/attributes.ts';
import { knownShape, type Value } from '../value.ts';
import type { Rewrite } from './rewrite.ts';

export const pointwiseAsProduct: Rewrite = {
  name: 'pointwise-as-product',
  apply({ op, inputs, attributes, outputs, scope }) {
    if (op.name !== Conv.name) return null;
    const [x, weight, bias] = inputs as readonly [Value, Value, Value | null | undefined];
    const [, , ...kernel] = knownShape(weight) as Extents;
    if (!isStatic(x.shape) || !isPointwise(kernel, attributes as ConvAttributes)) return null;
    const [batch, channels, height, width] = knownShape(x) as Extents;
    const [count] = knownShape(weight) as Extents;
    const columns = reshape(x, [batch, channels, height * width], scope);
    const product = matMul(reshape(weight, [count, channels], scope), columns, scope);
    const y = reshape(product, knownShape(outputs[0] as Value), scope);
    return [bias ? add(y, reshape(bias, [1, count, 1, 1], scope), scope) : y];
  },
};
