/** The namings of weights by other publishers. Adding one is a file beside this and a line here. */
import { canonical } from './canonical.ts';
import { lightWeightRefinenet } from './light-weight-refinenet.ts';
import { lightWeightRefinenetMobilenetv2 } from './light-weight-refinenet-mobilenetv2.ts';
import type { Naming } from './naming.ts';
import { pytorchRefinenet } from './pytorch-refinenet.ts';
import { refinenetPytorch } from './refinenet-pytorch.ts';
import { torchvisionMobilenetv2 } from './torchvision-mobilenetv2.ts';
import { torchvisionResnet } from './torchvision-resnet.ts';

/** From narrow to broad where one naming extends another: of those that know as many names, the first one counts. */
export const NAMINGS: readonly Naming[] = [
  canonical,
  torchvisionResnet,
  lightWeightRefinenet,
  refinenetPytorch,
  lightWeightRefinenetMobilenetv2,
  pytorchRefinenet,
  torchvisionMobilenetv2,
];
