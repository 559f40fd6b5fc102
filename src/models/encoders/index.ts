/** The encoders by name. Adding one is a file beside this and a line here. */
import type { Encoder } from './encoder.ts';
import { mobilenetv2 } from './mobilenetv2.ts';
import { resnet } from './resnet.ts';

export const ENCODERS = {
  resnet18: resnet('basic', [2, 2, 2, 2]),
  resnet34: resnet('basic', [3, 4, 6, 3]),
  resnet50: resnet('bottleneck', [3, 4, 6, 3]),
  resnet101: resnet('bottleneck', [3, 4, 23, 3]),
  resnet152: resnet('bottleneck', [3, 8, 36, 3]),
  mobilenetv2,
} as const satisfies Record<string, Encoder>;

/** A network for ImageNet's classes whose features a decoder takes; its own classifier is left out. */
export type EncoderName = keyof typeof ENCODERS;

export const ENCODER_NAMES = Object.keys(ENCODERS) as readonly EncoderName[];
