/**
 * thomasjpfan/pytorch_refinenet, RefineNet4Cascade: named in the paper's words. Its residual conv unit adds the rectified
 * input, because its first ReLU works in place, so weights trained with it need that skip.
 */
import { naming } from './naming.ts';

export const pytorchRefinenet = naming({
  name: 'pytorch_refinenet',
  names: [
    ['layer1.0.*', 'encoder.conv1.*'],
    ['layer1.1.*', 'encoder.bn1.*'],
    ['layer1.4.{b}.conv{c=1..3}.*', 'encoder.layer1.{b}.conv{c}.*'],
    ['layer1.4.{b}.bn{c=1..3}.*', 'encoder.layer1.{b}.bn{c}.*'],
    ['layer1.4.{b}.downsample.{i=0..1}.*', 'encoder.layer1.{b}.downsample.{i}.*'],
    ['layer{s=2..4}.{b}.conv{c=1..3}.*', 'encoder.layer{s}.{b}.conv{c}.*'],
    ['layer{s=2..4}.{b}.bn{c=1..3}.*', 'encoder.layer{s}.{b}.bn{c}.*'],
    ['layer{s=2..4}.{b}.downsample.{i=0..1}.*', 'encoder.layer{s}.{b}.downsample.{i}.*'],
    ['layer{k=1..4}_rn.*', 'decoder.reduction.{4-k}.*'],
    ['refinenet{k=1..4}.rcu{p=0..1}.{i}.conv{c=1..2}.*', 'decoder.refinenet{k}.adapt.{p}.{i}.conv{c}.*'],
    ['refinenet{k=1..3}.mrf.resolve{p=0..1}.*', 'decoder.refinenet{k}.fusion.{p}.*'],
    ['refinenet{k=1..4}.crp.block{i}.1.*', 'decoder.refinenet{k}.pooling.block{i}.*'],
    ['refinenet{k=1..4}.output_conv.conv{c=1..2}.*', 'decoder.refinenet{k}.output.0.conv{c}.*'],
    ['output_conv.{i=0..1}.conv{c=1..2}.*', 'decoder.head.{i}.conv{c}.*'],
    ['output_conv.2.*', 'decoder.classifier.*'],
  ],
  defaults: { skip: 'rectified', poolingOrder: 'pool-conv', stridePlacement: '3x3' },
});
