/** Finds out which RefineNet weights are of, by comparison with all there are. */
import { WeightsError } from '../../errors.ts';
import { formatShape } from '../../tensor/shape.ts';
import type { EncoderName } from '../encoders/index.ts';
import type { DetectedNetwork } from '../family.ts';
import { nearest, type Shapes, shapesOf, unknownError, withoutPrefix } from '../nearest.ts';
import { pixelValues } from '../pixel-values.ts';
import { REFINENET_NAMES, REFINENETS, type RefineNetName, refineNetDefinition } from './architectures.ts';
import { CASCADES, type CascadeName } from './cascades.ts';
import type { RefineNetDefinition } from './definition.ts';
import { refineNet } from './refinenet.ts';
import { type VariantOptions, type Variation, variationOf } from './variation.ts';

const DECODER = 'decoder.';
const CLASSIFIER = 'decoder.classifier.weight';
const MOST_CLASSES = 65536;

/** Whether these are a RefineNet's names. */
export function ownsNames(shapes: Shapes): boolean {
  return [...shapes.keys()].some((name) => name.startsWith(`${DECODER}refinenet`));
}

/**
 * The RefineNet that weights under our names are of: the one with the most tensors of the same name and shape. Where some are
 * missing, unexpected or misshapen, that is for a strict `fitWeights` to report.
 * @param wanted the architecture, where the caller knows better: then only its form is found out, and it is the published
 * form if the weights are of another network.
 * @throws WeightsError if no known decoder shares half of its tensors, or if there is no classifier to read the number of
 * classes from.
 */
export function detectRefineNet(
  found: Shapes,
  encoder: EncoderName,
  { variant, wanted }: { readonly variant: VariantOptions; readonly wanted: string | undefined },
): DetectedNetwork<RefineNetDefinition> {
  const known = wanted as RefineNetName | undefined;
  const { classes, kernel } = readClassifier(found);
  const variation = variationOf(variant);
  const seen: Variation = {
    ...variation,
    classifier: kernel,
    ...imagePoolingOf(found),
    pooling: { ...variation.pooling, count: countPoolings(found) },
  };
  const names = known ? [known] : REFINENET_NAMES.filter((name) => REFINENETS[name].encoder === encoder);
  const candidates = names.flatMap((name) =>
    cascadesOf(name, variation).map((cascade) => ({
      architecture: name,
      cascade,
      definition: refineNetDefinition(name, classes, { ...seen, ...(cascade && { cascade }) }),
    })),
  );
  // The encoder is known by now; with it every candidate would share much.
  const decoder = withoutPrefix(found, DECODER);
  const best = nearest(decoder, candidates, ({ definition }) =>
    withoutPrefix(shapesOf([refineNet(definition, pixelValues())]), DECODER),
  );
  if (best.isNear) return best.candidate;
  if (known) {
    return { architecture: known, cascade: undefined, definition: refineNetDefinition(known, classes, variation) };
  }
  const label = ({ architecture: name, cascade }: (typeof candidates)[number]): string =>
    cascade ? `${name} ${cascade}` : name;
  throw unknownError('decoder', decoder, best, candidates, label);
}

/** The cascades that an architecture can have and its tensors tell apart. */
function cascadesOf(name: RefineNetName, { encoderStride }: Variation): readonly (CascadeName | undefined)[] {
  const paths = REFINENETS[name].decoder.taps.length;
  const fitting = (Object.keys(CASCADES) as CascadeName[]).filter((cascade) => {
    const { cascade: blocks, imageDivisors } = CASCADES[cascade];
    return blocks.length === paths * imageDivisors.length;
  });
  // With a stride of its own an encoder's paths enter other blocks than those with names.
  return fitting.length > 0 && encoderStride === undefined ? fitting : [...fitting, undefined];
}

function readClassifier(found: Shapes): { classes: number; kernel: 1 | 3 } {
  const shape = found.get(CLASSIFIER);
  if (!shape) {
    throw new WeightsError(
      `${CLASSIFIER} is missing, so the number of classes cannot be read. Give the whole network's weights, or an encoder's alone.`,
    );
  }
  const [classes = 0, , height, width] = shape;
  if (
    shape.length !== 4 ||
    classes < 1 ||
    classes > MOST_CLASSES ||
    height !== width ||
    !(height === 1 || height === 3)
  ) {
    throw new WeightsError(
      `${CLASSIFIER}: a classifier has the shape [classes, channels, k, k] with k = 1 or 3 and up to ${MOST_CLASSES} classes, got ${formatShape(shape)}.`,
    );
  }
  return { classes, kernel: height };
}

/** How the mean of the coarsest feature is added. */
function imagePoolingOf(found: Shapes): Pick<Variation, 'imagePooling'> {
  if (!found.has('decoder.reduction.0.image_pooling.weight')) return {};
  return { imagePooling: found.has('decoder.reduction.0.projection.0.weight') ? 'projected' : true };
}

/** Pooling blocks in the finest block of the cascade, which every network of the family has. */
function countPoolings(found: Shapes): number {
  let count = 0;
  while (found.has(`decoder.refinenet1.pooling.block${count + 1}.weight`)) count++;
  return count;
}
