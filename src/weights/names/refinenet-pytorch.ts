/**
 * DrSleep/refinenet-pytorch: the names of light-weight-refinenet and those of the residual conv units. Its three units after
 * a block are, in the paper's words, the block's output conv and the two that adapt it for the next block; after the last
 * block, the two before the classifier.
 */
import { LIGHT_WEIGHT_REFINENET } from './light-weight-refinenet.ts';
import { naming, type NamingTable } from './naming.ts';
import { foldStemBias } from './resnet-encoder.ts';

/** A residual conv unit's first convolution is called `conv`, its second `conv_relu_varout_dimred`. */
const UNITS: NamingTable['names'] = [
  ['adapt_stage1_b.0.{j=1..2}', 'decoder.refinenet4.adapt.0.{j-1}'],
  ['adapt_stage{k=2..4}_b.0.{j=1..2}', 'decoder.refinenet{5-k}.adapt.1.{j-1}'],
  ['mflow_conv_g{g=1..4}_b.0.1', 'decoder.refinenet{5-g}.output.0'],
  ['mflow_conv_g{g=1..3}_b.0.{j=2..3}', 'decoder.refinenet{4-g}.adapt.0.{j-2}'],
  ['mflow_conv_g4_b.0.{j=2..3}', 'decoder.head.{j-2}'],
];

export const refinenetPytorch = naming({
  name: 'refinenet-pytorch',
  names: [
    ...LIGHT_WEIGHT_REFINENET,
    ...UNITS.flatMap(([foreign, canonical]): NamingTable['names'] => [
      [`${foreign}_conv.*`, `${canonical}.conv1.*`],
      [`${foreign}_conv_relu_varout_dimred.*`, `${canonical}.conv2.*`],
    ]),
  ],
  settle: foldStemBias,
});
