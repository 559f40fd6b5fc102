/** Finds out from tensors' names and shapes alone which network they are of, by comparison with all there are. */
import { WeightsError } from '../errors.ts';
import { scope } from '../nn/scope.ts';
import type { Weights } from '../tensor/weights.ts';
import { architecture } from './architectures.ts';
import { ENCODER_NAMES, ENCODERS, type EncoderName } from './encoders/index.ts';
import { FAMILIES, type NetworkDefinition } from './families.ts';
import type { DetectedNetwork } from './family.ts';
import { familyOf } from './network.ts';
import { listed, nearest, type Shapes, shapesOf, unknownError, withoutPrefix } from './nearest.ts';
import { pixelValues } from './pixel-values.ts';
import type { VariantOptions } from './refinenet/variation.ts';

/** Weights are of a whole network, or of one encoder alone. */
export type DetectedArchitecture =
  | ({ readonly kind: 'network' } & DetectedNetwork<NetworkDefinition>)
  | { readonly kind: 'encoder'; readonly encoder: EncoderName };

/**
 * The network that weights under our names are of: each family is asked whether they are its own. Where tensors are missing,
 * unexpected or misshapen, that is for a strict `fitWeights` to report.
 * @param variant what tensors do not show.
 * @param wanted the architecture, where the caller knows better: then only its form is found out, and it is the published
 * form if the weights are of another network.
 * @throws WeightsError if there is no encoder, if no known encoder or no known decoder shares half of its tensors, or if
 * there is a decoder without a classifier to read the number of classes from.
 * @throws UsageError if there is no architecture of the wanted name.
 */
export function detectArchitecture(
  weights: Weights,
  variant: VariantOptions = {},
  wanted?: string,
): DetectedArchitecture {
  const found: Shapes = new Map([...weights].map(([name, { shape }]) => [name, shape]));
  const known = wanted === undefined ? undefined : architecture(wanted, 1);
  const encoder = detectEncoder(found, known);
  if (![...found.keys()].some((name) => name.startsWith('decoder.'))) return { kind: 'encoder', encoder };
  const family = known ? familyOf(known) : (FAMILIES.find((each) => each.owns(found)) ?? FAMILIES[0]);
  return { kind: 'network', ...family.detect(found, encoder, { variant, wanted }) };
}

/** The encoder of which the weights hold one, or the first of several. */
function detectEncoder(found: Shapes, known?: NetworkDefinition): EncoderName {
  const own = ['encoder.', 'encoders.0.'].map((prefix) => withoutPrefix(found, prefix)).find(({ size }) => size > 0);
  if (!own) {
    throw new WeightsError(
      `The weights hold no encoder: none of the ${found.size} names begins with "encoder." (${listed(found)}). Translate the names first.`,
    );
  }
  if (known) return known.encoder;
  const best = nearest(own, ENCODER_NAMES, (name) => shapesOf(ENCODERS[name].forward(scope(), pixelValues())));
  if (!best.isNear) throw unknownError('encoder', own, best, ENCODER_NAMES, String);
  return best.candidate;
}
