/** The published RefineNets by name, and the variations of the papers' ablations. */
import { arrangementOf } from './cascades.ts';
import type { DecoderDefinition, RefineNetDefinition } from './definition.ts';
import type { Variation } from './variation.ts';
import { type EncoderStride, tapsAtStride } from '../encoders/encoder.ts';
import { ENCODERS, type EncoderName } from '../encoders/index.ts';

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

/** An architecture: an encoder, and what refines its features. */
interface Architecture {
  readonly encoder: EncoderName;
  readonly decoder: DecoderDefinition;
}

const RESNETS = ['resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152'] as const;

type ResNet = (typeof RESNETS)[number];

/** A decoder on every ResNet. */
const onResNets = <Name extends string>(name: Name, decoder: DecoderDefinition) =>
  Object.fromEntries(RESNETS.map((encoder) => [`${name}-${encoder}`, { encoder, decoder }])) as unknown as Readonly<
    Record<`${Name}-${ResNet}`, Architecture>
  >;

/** The architectures by the name the commands take. */
export const REFINENETS: Readonly<
  Record<`refinenet-${ResNet}` | `refinenet-lw-${ResNet}` | 'refinenet-lw-mobilenetv2', Architecture>
> = {
  ...onResNets('refinenet', REFINENET),
  ...onResNets('refinenet-lw', LIGHT_WEIGHT),
  'refinenet-lw-mobilenetv2': { encoder: 'mobilenetv2', decoder: LIGHT_WEIGHT_MOBILENETV2 },
};

export type RefineNetName = keyof typeof REFINENETS;

export const REFINENET_NAMES = Object.keys(REFINENETS) as readonly RefineNetName[];

/**
 * The definition of a named RefineNet for so many classes.
 * @throws UsageError if the cascade is for another number of paths.
 */
export function refineNetDefinition(
  name: RefineNetName,
  classes: number,
  variation: Variation = {},
): RefineNetDefinition {
  const { encoder, decoder } = REFINENETS[name];
  const { encoderStride } = variation;
  const published =
    encoderStride === undefined ? decoder : { ...decoder, cascade: cascadeAt(encoderStride, encoder, decoder) };
  const { cascade, imageDivisors } = arrangementOf(name, published, variation.cascade);
  return {
    encoder,
    stridePlacement: variation.stridePlacement ?? '3x3',
    ...(encoderStride !== undefined && { encoderStride }),
    imageDivisors,
    classes,
    decoder: {
      ...decoder,
      cascade,
      ...(variation.imagePooling !== undefined && { imagePooling: variation.imagePooling }),
      pooling: { ...decoder.pooling, ...variation.pooling },
      skip: variation.skip ?? decoder.skip,
      classifier: variation.classifier ?? decoder.classifier,
      dropout: { ...decoder.dropout, ...(variation.dropout !== undefined && { features: variation.dropout }) },
    },
  };
}

/** The blocks of paths whose features are no coarser than this: those of one size enter one block, as in the published forms. */
function cascadeAt(encoderStride: EncoderStride, encoder: EncoderName, { taps }: DecoderDefinition): readonly number[] {
  const known = tapsAtStride(ENCODERS[encoder], encoderStride);
  const strides = taps.map((name) => known.find((tap) => tap.name === name)?.stride);
  const sizes = [...new Set(strides)];
  return strides.map((stride) => 1 + sizes.indexOf(stride));
}

/** The published architecture that a definition is a form of, or a description if there is none. */
export function refineNetName({ encoder, decoder }: RefineNetDefinition): string {
  const found = REFINENET_NAMES.find((name) => {
    const known = REFINENETS[name];
    return known.encoder === encoder && known.decoder.kernel === decoder.kernel;
  });
  return found ?? `RefineNet on ${encoder}`;
}
