/** torchvision's ResNets: an encoder with its ImageNet classifier. */
import { naming } from './naming.ts';
import { foldStemBias, RESNET_ENCODER } from './resnet-encoder.ts';

export const torchvisionResnet = naming({
  name: 'torchvision ResNet',
  names: RESNET_ENCODER,
  ignored: ['fc.*'],
  settle: foldStemBias,
});
