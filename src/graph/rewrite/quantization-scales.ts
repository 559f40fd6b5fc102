/** The numbers of 8-bit quantization: scales, zero points, weights and biases as whole numbers. */
import { elementCount } from '../../tensor/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** What an activation's numbers lie between. */
export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

export interface ActivationScale {
  readonly scale: number;
  /** The whole number that stands for 0, in 0 ... 255. */
  readonly zero: number;
}

/** The largest whole number that an activation becomes; they are of the type uint8. */
const ACTIVATION_LEVELS = 255;
/** Weights lie symmetrically about 0. */
const WEIGHT_LEVELS = 64;
/** Below this a scale is taken for 0, whose reciprocal would be no number. */
const SMALLEST_SCALE = 2 ** -100;
/** Biases stay this far from the ends of int32, so that sums of products have room. */
const BIAS_LEVELS = 2 ** 30;

/** The scale of an activation whose numbers lie in a range; 0, which padding is made of, is always exact. */
export function activationScale({ minimum, maximum }: Range): ActivationScale {
  const low = Math.min(minimum, 0);
  const high = Math.max(maximum, 0);
  const scale = Math.fround(Math.max((high - low) / ACTIVATION_LEVELS, SMALLEST_SCALE));
  return { scale, zero: Math.min(ACTIVATION_LEVELS, Math.max(0, Math.round(-low / scale))) };
}

/**
 * One scale for each output channel of a convolution's weight [out, in, kh, kw]: the largest magnitude becomes the largest
 * whole number. Where a bias is so much larger that it would leave int32, the channel's scale is larger.
 */
export function weightScales(
  weight: Tensor<'float32'>,
  offsets: { readonly bias: Tensor<'float32'>; readonly inputScale: number } | null,
): Float32Array {
  const [channels] = weight.shape as [number];
  return Float32Array.from({ length: channels }, (_, channel) => {
    let largest = 0;
    for (const each of channelOf(weight, channel)) largest = Math.max(largest, Math.abs(each));
    const bias = offsets ? Math.abs(offsets.bias.data[channel] as number) / (offsets.inputScale * BIAS_LEVELS) : 0;
    return Math.max(largest / WEIGHT_LEVELS, bias, SMALLEST_SCALE);
  });
}

/** A weight's numbers over the scale of their output channel, rounded. */
export function wholeWeights(weight: Tensor<'float32'>, scales: Float32Array): Int8Array {
  const whole = new Int8Array(weight.data.length);
  const size = elementCount(weight.shape.slice(1));
  for (const [channel, scale] of scales.entries()) {
    const from = channelOf(weight, channel);
    for (let index = 0; index < size; index++) {
      const rounded = Math.round((from[index] as number) / scale);
      whole[channel * size + index] = Math.min(WEIGHT_LEVELS, Math.max(-WEIGHT_LEVELS, rounded));
    }
  }
  return whole;
}

/** A bias over the scale of its channel's products, rounded. */
export function wholeBias(bias: Tensor<'float32'>, scales: Float32Array): Int32Array {
  return Int32Array.from(bias.data, (each, channel) => Math.round(each / (scales[channel] as number)));
}

function channelOf({ data, shape }: Tensor<'float32'>, channel: number): Float32Array {
  const size = elementCount(shape.slice(1));
  return data.subarray(channel * size, (channel + 1) * size);
}
