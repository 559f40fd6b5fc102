/** torchvision's ResNet names without the classifier, which the PyTorch ports of RefineNet keep for their encoders. */
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import type { NamingTable } from './naming.ts';

export const RESNET_ENCODER: NamingTable['names'] = [
  ['conv1.*', 'encoder.conv1.*'],
  ['bn1.*', 'encoder.bn1.*'],
  ['layer{s=1..4}.{b}.conv{c=1..3}.*', 'encoder.layer{s}.{b}.conv{c}.*'],
  ['layer{s=1..4}.{b}.bn{c=1..3}.*', 'encoder.layer{s}.{b}.bn{c}.*'],
  ['layer{s=1..4}.{b}.downsample.{i=0..1}.*', 'encoder.layer{s}.{b}.downsample.{i}.*'],
];

const STEM_BIAS = 'encoder.conv1.bias';
const STEM_MEAN = 'encoder.bn1.running_mean';

/**
 * Moves a bias of the first convolution, which Microsoft's Caffe ResNet-50 has and torchvision's has not, into the running
 * mean of the batch normalization behind it: norm(x + b) with mean m is norm(x) with mean m - b.
 */
export function foldStemBias(weights: Weights): Weights {
  const bias = weights.get(STEM_BIAS);
  const mean = weights.get(STEM_MEAN);
  if (!isFloat32(bias) || !isFloat32(mean) || bias.data.length !== mean.data.length) return weights;
  const settled = new Map(weights);
  settled.delete(STEM_BIAS);
  const shifted = mean.data.map((value, channel) => value - (bias.data[channel] as number));
  return settled.set(STEM_MEAN, tensor('float32', mean.shape, shifted));
}

function isFloat32(value: Tensor | undefined): value is Tensor<'float32'> {
  return value?.dtype === 'float32';
}
