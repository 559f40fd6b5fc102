/**
 * DrSleep/light-weight-refinenet on MobileNetV2. Its stages are layer2 (our features.1) to layer8 (features.17); a name's
 * number says at which depth an encoder map enters: conv8 and conv7 at 1/32 ... conv3 at 1/4.
 */
import { naming, type NamingTable } from './naming.ts';

/** Per stage, the first of our `features` and the last inverted residual's index. */
const STAGES: readonly (readonly [layer: number, features: number, last: number])[] = [
  [2, 1, 0],
  [3, 2, 1],
  [4, 4, 2],
  [5, 7, 3],
  [6, 11, 2],
  [7, 14, 2],
  [8, 17, 0],
];

export const lightWeightRefinenetMobilenetv2 = naming({
  name: 'light-weight-refinenet MobileNetV2',
  names: [
    ['layer1.{i=0..1}.*', 'encoder.features.0.{i}.*'],
    ...STAGES.flatMap(([layer, features, last]): NamingTable['names'] => [
      [`layer${layer}.{r=0..${last}}.output.{p=0..1}.{i=0..1}.*`, `encoder.features.{r+${features}}.conv.{p}.{i}.*`],
      [`layer${layer}.{r=0..${last}}.output.2.{i=0..1}.*`, `encoder.features.{r+${features}}.conv.{i+2}.*`],
    ]),
    ['conv{k=3..8}.*', 'decoder.reduction.{8-k}.*'],
    ['conv_adapt{k=2..4}.*', 'decoder.refinenet{k-1}.fusion.0.*'],
    ['crp{k=1..4}.0.{i}_outvar_dimred.*', 'decoder.refinenet{k}.pooling.block{i}.*'],
    ['segm.*', 'decoder.classifier.*'],
  ],
});
