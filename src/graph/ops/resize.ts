/** Interpolation of height and width to given sizes. */
import { ShapeError } from '../../errors.ts';
import { float, string } from '../../onnx/model.ts';
import { formatShape, sameShape } from '../../tensor/shape.ts';
import { int64 } from '../../tensor/tensor.ts';
import { type Dimension, floorDivideDimension, isStatic } from '../dimension.ts';
import { applyOne, constant, type Op, required, type Value } from '../value.ts';
import { div } from './elementwise.ts';
import { concat, shapeOf, slice } from './structure.ts';

/** PyTorch's and ONNX's default; OpenCV's too. */
export const CUBIC_COEFFICIENT = -0.75;

/** How an output position maps to an input position: PyTorch's `align_corners=True` or `False`. */
export type CoordinateTransformation = 'align_corners' | 'half_pixel';

export interface ResizeAttributes {
  readonly mode: 'linear' | 'cubic';
  readonly coordinates: CoordinateTransformation;
  /** The resulting height and width, for shape inference; the numbers themselves are an input. */
  readonly size: readonly [Dimension, Dimension];
}

/**
 * Inputs: x, roi (left out), scales (left out), sizes (int64 [4]). Sizes, not scales, so that the result has exactly the
 * extents asked for. Cubic uses a = -0.75, as PyTorch does.
 */
export const Resize: Op<ResizeAttributes> = {
  name: 'Resize',
  infer(inputs, { size }) {
    const x = required(inputs, 0);
    if (x.shape.length !== 4) throw new ShapeError(`x must have 4 axes, got ${formatShape(x.shape)}.`);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...size] }];
  },
  onnxAttributes({ mode, coordinates }) {
    return {
      mode: string(mode),
      coordinate_transformation_mode: string(coordinates),
      ...(mode === 'cubic' ? { cubic_coeff_a: float(CUBIC_COEFFICIENT) } : {}),
    };
  },
};

/**
 * Where the size to resize to comes from: values whose height and width to take, or a fed int64 [2] with names for its
 * extents.
 */
export type ResizeTarget =
  | { readonly heightOf: Value; readonly widthOf: Value }
  | { readonly size: Value; readonly names: readonly [Dimension, Dimension] };

/** The target that has another value's height and width. */
export const sizeOf = (value: Value): ResizeTarget => ({ heightOf: value, widthOf: value });

/** x [N, C, h, w] interpolated to [N, C, H, W]; x itself where the sizes are known to be equal already. */
export function resize(
  x: Value,
  target: ResizeTarget,
  coordinates: CoordinateTransformation,
  mode: ResizeAttributes['mode'] = 'linear',
  scope?: string,
): Value {
  const size =
    'size' in target ? target.names : ([target.heightOf.shape[2], target.widthOf.shape[3]] as [Dimension, Dimension]);
  if (sameShape(x.shape.slice(2), size)) return x;
  return applyOne(Resize, [x, null, null, sizesOf(x, target, size, scope)], { mode, coordinates, size }, scope);
}

/**
 * x at floor(height / divisor) x floor(width / divisor), bilinear with half-pixel centers: an image pyramid's lower level.
 */
export function resizeByDivisor(x: Value, divisor: number, scope?: string): Value {
  if (divisor === 1) return x;
  const [height, width] = x.shape.slice(2) as [Dimension, Dimension];
  const names: [Dimension, Dimension] = [floorDivideDimension(height, divisor), floorDivideDimension(width, divisor)];
  const size = isStatic(names)
    ? constant(int64([2], names))
    : div(slice(shapeOf(x, scope), 0, 2, 4, scope), constant(int64([1], [divisor])), scope);
  return resize(x, { size, names }, 'half_pixel', 'linear', scope);
}

function sizesOf(x: Value, target: ResizeTarget, size: readonly [Dimension, Dimension], scope?: string): Value {
  const shape = [...x.shape.slice(0, 2), ...size];
  if (isStatic(shape)) return constant(int64([4], shape));
  const part = (value: Value, start: number, end: number): Value => slice(shapeOf(value, scope), 0, start, end, scope);
  const tail =
    'size' in target
      ? [target.size]
      : target.heightOf === target.widthOf
        ? [part(target.heightOf, 2, 4)]
        : [part(target.heightOf, 2, 3), part(target.widthOf, 3, 4)];
  return concat([part(x, 0, 2), ...tail], 0, scope);
}
