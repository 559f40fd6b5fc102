/**
 * torchvision's MobileNetV2 (width multiplier 1): an encoder with its last 1x1 convolution and ImageNet classifier. Its first
 * inverted residual has no expansion convolution, where the encoder of RefineNet has one.
 */
import { float32, type Tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import { naming } from './naming.ts';

const EXPANSION = 'encoder.features.1.conv.0';
const DEPTHWISE = 'encoder.features.1.conv.1.0.weight';
const EPSILON = 1e-5;

export const torchvisionMobilenetv2 = naming({
  name: 'torchvision MobileNetV2',
  names: [
    ['features.0.{i=0..1}.*', 'encoder.features.0.{i}.*'],
    ['features.1.conv.0.{i=0..1}.*', 'encoder.features.1.conv.1.{i}.*'],
    ['features.1.conv.{i=1..2}.*', 'encoder.features.1.conv.{i+1}.*'],
    ['features.{f=2..17}.conv.{p=0..1}.{i=0..1}.*', 'encoder.features.{f}.conv.{p}.{i}.*'],
    ['features.{f=2..17}.conv.{i=2..3}.*', 'encoder.features.{f}.conv.{i}.*'],
  ],
  ignored: ['features.18.{i=0..1}.*', 'classifier.**'],
  settle: withIdentityExpansion,
});

/**
 * Adds the missing expansion as an identity. It is exact: its input comes from a ReLU6, so the ReLU6 behind it changes
 * nothing, and the weight undoes what epsilon does to a variance of 1.
 */
function withIdentityExpansion(weights: Weights): Weights {
  const channels = weights.get(DEPTHWISE)?.shape[0];
  // A width that no MobileNetV2 has is left for the strict comparison to report.
  if (channels === undefined || channels > 1024 || weights.has(`${EXPANSION}.0.weight`)) return weights;
  const filled = (value: number): Tensor => float32([channels], new Float32Array(channels).fill(value));
  const identity = new Float32Array(channels * channels);
  for (let channel = 0; channel < channels; channel++) identity[channel * (channels + 1)] = 1;
  return new Map<string, Tensor>([
    ...weights,
    [`${EXPANSION}.0.weight`, float32([channels, channels, 1, 1], identity)],
    [`${EXPANSION}.1.weight`, filled(Math.sqrt(1 + EPSILON))],
    [`${EXPANSION}.1.bias`, filled(0)],
    [`${EXPANSION}.1.running_mean`, filled(0)],
    [`${EXPANSION}.1.running_var`, filled(1)],
  ]);
}
