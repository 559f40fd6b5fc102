/**
 * DrSleep/light-weight-refinenet on ResNets. The names come from the variables of the authors' MATLAB code: `g1` is the
 * coarsest block, RefineNet-4 in the paper; "joint" convolutions belong to the fusion of the block that takes their result.
 */
import { naming, type NamingTable } from './naming.ts';
import { foldStemBias, RESNET_ENCODER } from './resnet-encoder.ts';

export const LIGHT_WEIGHT_REFINENET: NamingTable['names'] = [
  ...RESNET_ENCODER,
  ['p_ims1d2_outl{k=1..4}_dimred.*', 'decoder.reduction.{k-1}.*'],
  ['mflow_conv_g{g=1..3}_b3_joint_varout_dimred.*', 'decoder.refinenet{4-g}.fusion.0.*'],
  ['adapt_stage{k=2..4}_b2_joint_varout_dimred.*', 'decoder.refinenet{5-k}.fusion.1.*'],
  ['mflow_conv_g{g=1..4}_pool.0.{i}_outvar_dimred.*', 'decoder.refinenet{5-g}.pooling.block{i}.*'],
  ['clf_conv.*', 'decoder.classifier.*'],
];

export const lightWeightRefinenet = naming({
  name: 'light-weight-refinenet',
  names: LIGHT_WEIGHT_REFINENET,
  settle: foldStemBias,
});
