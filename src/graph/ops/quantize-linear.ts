/** Between real numbers and small whole ones: real = scale (whole - zero point). */
import { ShapeError } from '../../errors.ts';
import { type Attribute, int } from '../../onnx/model.ts';
import { formatShape, sameShape } from '../../tensor/shape.ts';
import type { DataType } from '../../tensor/tensor.ts';
import { applyOne, formatType, type Op, required, type Value } from '../value.ts';

export interface QuantizationAttributes {
  /** The axis along which scale and zero point vary; without meaning where they are single numbers. */
  readonly axis: number;
}

/** What each form of whole numbers holds, as ONNX fixes it for both operators. */
const QUANTIZED: ReadonlySet<DataType> = new Set<DataType>(['int8', 'uint8', 'int32']);

/** round(x / scale) + zero point, kept inside the type's range; halves round to even. Inputs: x, scale, zero point. */
export const QuantizeLinear: Op<QuantizationAttributes> = {
  name: 'QuantizeLinear',
  infer(inputs, { axis }) {
    const [x, scale, zero] = [required(inputs, 0), required(inputs, 1), required(inputs, 2)];
    checkParameters(x, scale, zero, axis);
    if (x.dtype !== scale.dtype) {
      throw new ShapeError(`x is ${formatType(x)}, but the scale is ${formatType(scale)}. Both must be of one type.`);
    }
    if (!QUANTIZED.has(zero.dtype) || zero.dtype === 'int32') {
      throw new ShapeError(`x is quantized to int8 or uint8, but the zero point is ${formatType(zero)}.`);
    }
    return [{ dtype: zero.dtype, shape: x.shape }];
  },
  onnxAttributes,
};

/** scale (x - zero point). Inputs: x, scale, zero point (left out: 0, as int32 must have). */
export const DequantizeLinear: Op<QuantizationAttributes> = {
  name: 'DequantizeLinear',
  infer(inputs, { axis }) {
    const [x, scale, zero = null] = [required(inputs, 0), required(inputs, 1), inputs[2]];
    checkParameters(x, scale, zero, axis);
    if (!QUANTIZED.has(x.dtype) || (zero && zero.dtype !== x.dtype)) {
      const got = zero ? `, the zero point ${formatType(zero)}` : '';
      throw new ShapeError(`x and the zero point must both be int8, uint8 or int32; x is ${formatType(x)}${got}.`);
    }
    return [{ dtype: scale.dtype, shape: x.shape }];
  },
  onnxAttributes,
};

/** A value as whole numbers of the zero point's type. */
export const quantizeLinear = (x: Value, scale: Value, zero: Value, axis = 1, scope?: string): Value =>
  applyOne(QuantizeLinear, [x, scale, zero], { axis }, scope);

/** Whole numbers as a value of the scale's type. */
export const dequantizeLinear = (x: Value, scale: Value, zero: Value | null, axis = 1, scope?: string): Value =>
  applyOne(DequantizeLinear, zero ? [x, scale, zero] : [x, scale], { axis }, scope);

/** With single numbers for scale and zero point there is no axis to tell. */
function onnxAttributes(
  { axis }: QuantizationAttributes,
  inputs: readonly (Value | null)[],
): Record<string, Attribute> {
  return required(inputs, 1).shape.length === 0 ? {} : { axis: int(axis) };
}

function checkParameters(x: Value, scale: Value, zero: Value | null, axis: number): void {
  const extent = x.shape[axis];
  if (scale.shape.length > 0 && !(scale.shape.length === 1 && scale.shape[0] === extent)) {
    throw new ShapeError(
      `the scale must be one number or as many as axis ${axis} of ${formatShape(x.shape)}, got ${formatShape(scale.shape)}.`,
    );
  }
  if (zero && !sameShape(zero.shape, scale.shape)) {
    throw new ShapeError(
      `the zero point must have the scale's shape ${formatShape(scale.shape)}, got ${formatShape(zero.shape)}.`,
    );
  }
}
