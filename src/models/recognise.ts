/** Finds out from tensors' names and shapes alone which network they are of, by comparison with all there are. */
import { WeightsError } from '../errors.ts';
import { parametersOf } from '../graph/walk.ts';
import { scope } from '../nn/scope.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Weights } from '../tensor/weights.ts';
import {
  ARCHITECTURE_NAMES,
  ARCHITECTURES,
  type ArchitectureName,
  architecture,
  CASCADES,
  type CascadeName,
  type Variation,
} from './architectures.ts';
import type { PoolingOrder, Skip } from './blocks.ts';
import type { NetworkDefinition } from './definition.ts';
import type { StridePlacement } from './encoders/encoder.ts';
import { ENCODER_NAMES, ENCODERS, type EncoderName } from './encoders/index.ts';
import { pixelValues, refineNet } from './refinenet.ts';

/** What changes a network's result but not its tensors; the published form where left out. */
export interface Unseen {
  readonly skip?: Skip;
  readonly poolingOrder?: PoolingOrder;
  readonly stridePlacement?: StridePlacement;
}

/** Weights are of a whole network, or of one encoder alone. */
export type Recognised =
  | {
      readonly kind: 'network';
      readonly architecture: ArchitectureName;
      /** The blocks' arrangement; undefined for architectures that have but one, and where the weights show none. */
      readonly cascade: CascadeName | undefined;
      readonly definition: NetworkDefinition;
    }
  | { readonly kind: 'encoder'; readonly encoder: EncoderName };

/** Shapes by name. */
type Shapes = ReadonlyMap<string, readonly number[]>;

const DECODER = 'decoder.';
const CLASSIFIER = 'decoder.classifier.weight';
const MOST_CLASSES = 65536;

/**
 * The network that weights under our names are of: the one with the most tensors of the same name and shape. Where some are
 * missing, unexpected or misshapen, that is for a strict `fitWeights` to report.
 * @param wanted the architecture, where the caller knows better: then only its form is found out, and it is the published
 * form if the weights are of another network.
 * @throws WeightsError if there is no encoder, if no known encoder or no known decoder shares half of its tensors, or if
 * there is a decoder without a classifier to read the number of classes from.
 * @throws UsageError if there is no architecture of the wanted name.
 */
export function recognise(weights: Weights, unseen: Unseen = {}, wanted?: string): Recognised {
  const found: Shapes = new Map([...weights].map(([name, { shape }]) => [name, shape]));
  const known = wanted === undefined ? undefined : checkedName(wanted);
  const encoder = recogniseEncoder(found, known);
  if (![...found.keys()].some((name) => name.startsWith(DECODER))) return { kind: 'encoder', encoder };
  const { classes, kernel } = readClassifier(found);
  const { poolingOrder: order, ...others } = unseen;
  const variation: Variation = { ...others, pooling: { ...(order && { order }) } };
  const seen: Variation = {
    ...variation,
    classifier: kernel,
    pooling: { ...variation.pooling, count: countPoolings(found) },
  };
  const names = known ? [known] : ARCHITECTURE_NAMES.filter((name) => ARCHITECTURES[name].encoder === encoder);
  const candidates = names.flatMap((name) =>
    cascadesOf(name).map((cascade) => ({
      architecture: name,
      cascade,
      definition: architecture(name, classes, { ...seen, ...(cascade && { cascade }) }),
    })),
  );
  // The encoder is known by now; with it every candidate would share much.
  const decoder = withoutPrefix(found, DECODER);
  const best = nearest(decoder, candidates, ({ definition }) =>
    withoutPrefix(shapesOf([refineNet(definition, pixelValues())]), DECODER),
  );
  if (best.isNear) return { kind: 'network', ...best.candidate };
  if (known) {
    return {
      kind: 'network',
      architecture: known,
      cascade: undefined,
      definition: architecture(known, classes, variation),
    };
  }
  const label = ({ architecture: name, cascade }: (typeof candidates)[number]): string =>
    cascade ? `${name} ${cascade}` : name;
  throw unknownError('decoder', decoder, best, candidates, label);
}

function checkedName(name: string): ArchitectureName {
  architecture(name, 1);
  return name as ArchitectureName;
}

/** The encoder of which the weights hold one, or the first of several. */
function recogniseEncoder(found: Shapes, known?: ArchitectureName): EncoderName {
  const own = ['encoder.', 'encoders.0.'].map((prefix) => withoutPrefix(found, prefix)).find(({ size }) => size > 0);
  if (!own) {
    throw new WeightsError(
      `The weights hold no encoder: none of the ${found.size} names begins with "encoder." (${listed(found)}). Translate the names first.`,
    );
  }
  if (known) return ARCHITECTURES[known].encoder;
  const best = nearest(own, ENCODER_NAMES, (name) => shapesOf(ENCODERS[name].forward(scope(), pixelValues(), '3x3')));
  if (!best.isNear) throw unknownError('encoder', own, best, ENCODER_NAMES, String);
  return best.candidate;
}

interface Nearest<T> {
  readonly candidate: T;
  /** The candidate's tensors, and how many of them were found with the same name and shape. */
  readonly size: number;
  readonly shared: number;
  /** Whether at least half of the tensors on both sides are shared. */
  readonly isNear: boolean;
}

/** The candidate with the fewest tensors on either side that the other has not; of equals, the first. */
function nearest<T>(found: Shapes, candidates: readonly T[], shapes: (candidate: T) => Shapes): Nearest<T> {
  const compared = candidates.map((candidate) => {
    const expected = shapes(candidate);
    const shared = [...expected].filter(([name, shape]) => sameShape(shape, found.get(name) ?? [Number.NaN])).length;
    const isNear = shared * 2 >= Math.max(expected.size, found.size);
    return { candidate, size: expected.size, shared, isNear };
  });
  const differences = ({ size, shared }: Nearest<T>): number => size + found.size - 2 * shared;
  return compared.reduce((best, next) => (differences(next) < differences(best) ? next : best));
}

function unknownError<T>(
  kind: string,
  found: Shapes,
  { candidate, size, shared }: Nearest<T>,
  candidates: readonly T[],
  label: (candidate: T) => string,
): WeightsError {
  return new WeightsError(
    `The weights are of no known ${kind}: the nearest is ${label(candidate)}, of whose ${size} tensors ${shared} are there in name and shape, among ${found.size} found (${listed(found)}). Known are ${candidates.map(label).join(', ')}.`,
  );
}

/** The cascades that an architecture can have and its tensors tell apart. */
function cascadesOf(name: ArchitectureName): readonly (CascadeName | undefined)[] {
  const paths = ARCHITECTURES[name].decoder.taps.length;
  const fitting = (Object.keys(CASCADES) as CascadeName[]).filter((cascade) => {
    const { cascade: blocks, imageDivisors } = CASCADES[cascade];
    return blocks.length === paths * imageDivisors.length;
  });
  return fitting.length > 0 ? fitting : [undefined];
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

/** Pooling blocks in the finest block of the cascade, which every network of the family has. */
function countPoolings(found: Shapes): number {
  let count = 0;
  while (found.has(`decoder.refinenet1.pooling.block${count + 1}.weight`)) count++;
  return count;
}

function shapesOf(outputs: Parameters<typeof parametersOf>[0]): Shapes {
  return new Map([...parametersOf(outputs)].map(([name, { shape }]) => [name, shape]));
}

function withoutPrefix(found: Shapes, prefix: string): Shapes {
  return new Map(
    [...found].flatMap(([name, shape]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), shape]] : [])),
  );
}

function listed(found: Shapes): string {
  const first = [...found]
    .slice(0, 4)
    .map(([name, shape]) => `${JSON.stringify(name.slice(0, 100))} ${formatShape(shape)}`);
  return found.size > first.length ? `${first.join(', ')}, ...` : first.join(', ');
}
