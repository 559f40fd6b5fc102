/** The published networks by name, and the variations of the papers' ablations. */
import { UsageError } from '../errors.ts';
import type { DecoderDefinition, NetworkDefinition } from './definition.ts';
import type { PoolingOrder, Skip } from './blocks.ts';
import type { StridePlacement } from './encoders/encoder.ts';
import type { EncoderName } from './encoders/index.ts';

const RESNET_TAPS = ['layer4', 'layer3', 'layer2', 'layer1'] as const;

/** RefineNet (Lin et al., CVPR 2017): 4-cascaded, four pooling blocks as in the authors' released code. */
const REFINENET: DecoderDefinition = {
  kernel: 3,
  taps: RESNET_TAPS,
  widths: [512, 256, 256, 256],
  cascade: [1, 2, 3, 4],
  units: { adapt: 2, output: 1, head: 2 },
  pooling: { order: 'pool-conv', count: 4 },
  fusion: 'all',
  skip: 'input',
  activation: 'relu',
  upsampling: 'align_corners',
  classifier: 3,
  dropout: { features: 0.5, classifier: 0.5 },
};

/** Light-Weight RefineNet (Nekrasov et al., BMVC 2018): 1x1 convolutions, no residual conv units. */
const LIGHT_WEIGHT: DecoderDefinition = {
  ...REFINENET,
  kernel: 1,
  units: { adapt: 0, output: 0, head: 0 },
  dropout: { features: 0.5, classifier: 0 },
};

/** Light-Weight RefineNet on MobileNetV2: two taps at 1/32 and at 1/16, summed without fusion convolutions. */
const LIGHT_WEIGHT_MOBILENETV2: DecoderDefinition = {
  ...LIGHT_WEIGHT,
  taps: ['layer8', 'layer7', 'layer6', 'layer5', 'layer4', 'layer3'],
  widths: [256, 256, 256, 256, 256, 256],
  cascade: [1, 1, 2, 2, 3, 4],
  fusion: 'previous',
  activation: 'relu6',
  dropout: { features: 0, classifier: 0 },
};

/** The architectures by the name the commands take. */
export const ARCHITECTURES = {
  'refinenet-resnet18': { encoder: 'resnet18', decoder: REFINENET },
  'refinenet-resnet34': { encoder: 'resnet34', decoder: REFINENET },
  'refinenet-resnet50': { encoder: 'resnet50', decoder: REFINENET },
  'refinenet-resnet101': { encoder: 'resnet101', decoder: REFINENET },
  'refinenet-resnet152': { encoder: 'resnet152', decoder: REFINENET },
  'refinenet-lw-resnet18': { encoder: 'resnet18', decoder: LIGHT_WEIGHT },
  'refinenet-lw-resnet34': { encoder: 'resnet34', decoder: LIGHT_WEIGHT },
  'refinenet-lw-resnet50': { encoder: 'resnet50', decoder: LIGHT_WEIGHT },
  'refinenet-lw-resnet101': { encoder: 'resnet101', decoder: LIGHT_WEIGHT },
  'refinenet-lw-resnet152': { encoder: 'resnet152', decoder: LIGHT_WEIGHT },
  'refinenet-lw-mobilenetv2': { encoder: 'mobilenetv2', decoder: LIGHT_WEIGHT_MOBILENETV2 },
} as const satisfies Record<string, { encoder: EncoderName; decoder: DecoderDefinition }>;

export type ArchitectureName = keyof typeof ARCHITECTURES;

export const ARCHITECTURE_NAMES = Object.keys(ARCHITECTURES) as readonly ArchitectureName[];

/** The cascades of the paper's ablation, for paths at 1/32, 1/16, 1/8 and 1/4. */
export const CASCADES = {
  single: { cascade: [1, 1, 1, 1], imageDivisors: [1] },
  '2-cascaded': { cascade: [1, 1, 2, 2], imageDivisors: [1] },
  '4-cascaded': { cascade: [1, 2, 3, 4], imageDivisors: [1] },
  '4-cascaded-2-scale': { cascade: [1, 2, 3, 4, 1, 2, 3, 4], imageDivisors: [2, 1] },
} as const satisfies Record<string, { cascade: readonly number[]; imageDivisors: readonly number[] }>;

export type CascadeName = keyof typeof CASCADES;

/** What may differ from the published form of an architecture. */
export interface Variation {
  readonly cascade?: CascadeName;
  readonly pooling?: { readonly order?: PoolingOrder; readonly count?: number };
  readonly skip?: Skip;
  readonly classifier?: 1 | 3;
  readonly stridePlacement?: StridePlacement;
}

/**
 * The definition of a named architecture for so many classes.
 * @throws UsageError if there is no such architecture, or the variation does not apply to it.
 */
export function architecture(name: string, classes: number, variation: Variation = {}): NetworkDefinition {
  if (!Object.hasOwn(ARCHITECTURES, name)) {
    throw new UsageError(`There is no architecture "${name}". The architectures are ${ARCHITECTURE_NAMES.join(', ')}.`);
  }
  if (!Number.isInteger(classes) || classes < 1 || classes > 65536) {
    throw new UsageError(`A network has between 1 and 65536 classes, got ${classes}.`);
  }
  const { encoder, decoder } = ARCHITECTURES[name as ArchitectureName];
  const { cascade, imageDivisors } = cascadeOf(name, decoder, variation.cascade);
  return {
    encoder,
    stridePlacement: variation.stridePlacement ?? '3x3',
    imageDivisors,
    classes,
    decoder: {
      ...decoder,
      cascade,
      pooling: { ...decoder.pooling, ...variation.pooling },
      skip: variation.skip ?? decoder.skip,
      classifier: variation.classifier ?? decoder.classifier,
    },
  };
}

function cascadeOf(
  name: string,
  { taps, cascade }: DecoderDefinition,
  wanted?: CascadeName,
): { cascade: readonly number[]; imageDivisors: readonly number[] } {
  if (!wanted) return { cascade, imageDivisors: [1] };
  if (!Object.hasOwn(CASCADES, wanted)) {
    throw new UsageError(`There is no cascade "${wanted}". The cascades are ${Object.keys(CASCADES).join(', ')}.`);
  }
  const found = CASCADES[wanted];
  if (found.cascade.length !== taps.length * found.imageDivisors.length) {
    throw new UsageError(`${name} has ${taps.length} paths; the cascade "${wanted}" is for 4 paths a scale.`);
  }
  return found;
}

/** The published architecture that a definition is a form of, or a description if there is none. */
export function architectureName({ encoder, decoder }: NetworkDefinition): string {
  const found = ARCHITECTURE_NAMES.find((name) => {
    const known = ARCHITECTURES[name];
    return known.encoder === encoder && known.decoder.kernel === decoder.kernel;
  });
  return found ?? `RefineNet on ${encoder}`;
}
