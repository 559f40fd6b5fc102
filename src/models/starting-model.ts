/** The network that training starts from: fresh, on a trained encoder, or a trained model for other classes. */
import { UsageError } from '../errors.ts';
import { sameJson } from '../json-values.ts';
import { initialize } from '../nn/initialize.ts';
import type { Weights } from '../tensor/weights.ts';
import { translateNames } from '../weights/translate-names.ts';
import { ARCHITECTURE_NAMES, type ArchitectureName, architecture, architectureName } from './architectures.ts';
import { assembleWeights, type Reinitialize } from './assemble.ts';
import { detectArchitecture } from './detect-architecture.ts';
import type { NetworkDefinition } from './families.ts';
import { growthOf, relationOf } from './growth.ts';
import { checkedDefinition, networkParameters } from './network.ts';
import type { Variation } from './refinenet/variation.ts';

/** Which network is to be trained, and from which weights it starts. */
export interface StartingModelOptions {
  readonly classes: number;
  /** What tensors that are new are drawn from. */
  readonly seed: number;
  /** Needed unless the weights are a whole network's, or a network is given. */
  readonly architecture?: string;
  /** A network of your own in place of an architecture, its blocks, widths and variation; its number of classes becomes `classes`. */
  readonly network?: NetworkDefinition;
  /** How many of the architecture's blocks, from the coarsest; all, or those of given weights, when left out. */
  readonly blocks?: number;
  /** Channels of each path, the coarsest first; the architecture's, or those of given weights, when left out. */
  readonly widths?: readonly number[];
  /** What differs from the published form of the architecture; nothing when left out. Of whole networks, which have their form already, dropout alone. */
  readonly variation?: Variation;
  /** Weights under any publisher's names: an encoder's, or a whole network's. */
  readonly given?: Weights;
  /** The given weights' network, where it is known already; they have our names then. */
  readonly definition?: NetworkDefinition;
  /** What the weights are called in messages: their file. */
  readonly subject?: string;
}

/** A network to be trained, all of whose weights are there, given or fresh. */
export interface StartingModel {
  readonly definition: NetworkDefinition;
  readonly architecture: string;
  readonly weights: Weights;
  /** What comes from the given weights, in words. */
  readonly kept: 'nothing' | 'the encoder' | 'all but the classifier' | 'the coarser blocks' | 'everything';
}

const KEPT = { decoder: 'the encoder', classifier: 'all but the classifier', none: 'everything' } as const;

/**
 * A network for so many classes, keeping of given weights as much as fits: everything if the network is of as many classes,
 * all but the classifier for others, the encoder if another decoder is asked for or none is given. Of a network with fewer blocks the
 * coarser blocks stay, and finer ones are put on them.
 * @throws UsageError if the architecture must be said or the network has values that there are not, WeightsError if the weights are of no known network or do not fit.
 */
export function startingModel(options: StartingModelOptions): StartingModel {
  const { classes, seed, given, subject = 'The weights' } = options;
  if (options.network) return ofNetwork(checkedDefinition({ ...options.network, classes }), options);
  if (!given) {
    const definition = named(options);
    const weights = initialize(networkParameters(definition), seed);
    return { definition, architecture: architectureName(definition), weights, kept: 'nothing' };
  }
  const { definition: found, weights } = ownNames(options, given);
  const wanted = options.architecture;
  const isOther = wanted !== undefined && found !== undefined && architectureName(found) !== wanted;
  const { dropout, ...form } = options.variation ?? {};
  if (found && !isOther && Object.keys(form).length > 0) {
    throw new UsageError(
      `${subject} are of a whole network, which has its form already: leave ${Object.keys(form).join(' and ')} out.`,
    );
  }
  if (found && !isOther && options.blocks !== undefined) return withDropout(grown(found, weights, options), dropout);
  if (found && !isOther && options.widths !== undefined && !sameJson(options.widths, growthOf(found).widths(found))) {
    throw new UsageError(
      `${subject} are of paths that have their widths already (${growthOf(found).widths(found).join(',')}). Only finer ones that it grows may have others.`,
    );
  }
  const definition = found && !isOther ? { ...found, classes } : named(options);
  const reinitialize: Reinitialize = !found || isOther ? 'decoder' : found.classes === classes ? 'none' : 'classifier';
  const assembled = assembleWeights(definition, weights, { reinitialize, seed, subject });
  const model: StartingModel = {
    definition,
    architecture: architectureName(definition),
    weights: assembled.weights,
    kept: KEPT[reinitialize],
  };
  return withDropout(model, dropout);
}

/** The model with another dropout of its coarse features, which changes no tensor. */
function withDropout(model: StartingModel, features: number | undefined): StartingModel {
  if (features === undefined) return model;
  const { decoder, ...rest } = model.definition;
  const changed = { ...rest, decoder: { ...decoder, dropout: { ...decoder.dropout, features } } };
  return { ...model, definition: checkedDefinition(changed) };
}

/**
 * A network of one's own, with what fits of given weights.
 * @throws UsageError if an architecture or what varies one is asked for beside it, WeightsError if the weights do not fit.
 */
function ofNetwork(definition: NetworkDefinition, options: StartingModelOptions): StartingModel {
  const { classes, seed, given, subject = 'The weights', variation = {} } = options;
  const architecture = architectureName(definition);
  const others = [
    ...(options.architecture === undefined || options.architecture === architecture ? [] : ['architecture']),
    ...(['blocks', 'widths'] as const).filter((name) => options[name] !== undefined),
    ...Object.keys(variation),
  ];
  if (others.length > 0) {
    throw new UsageError(
      `The network is given as a whole: leave ${others.join(' and ')} out, or say it in its definition.`,
    );
  }
  const fresh = (): Weights => initialize(networkParameters(definition), seed);
  if (!given) return { definition, architecture, weights: fresh(), kept: 'nothing' };
  const { definition: found, weights } = ownNames(options, given);
  const relation = found ? relationOf(found, definition) : 'other';
  if (found && relation === 'grown') {
    const kept = withoutOtherClassifier(weights, found, classes);
    const grown = growthOf(found).grown(kept, found, definition, fresh());
    return { definition, architecture, weights: grown, kept: 'the coarser blocks' };
  }
  const hasClasses = found?.classes === classes;
  const reinitialize: Reinitialize = relation !== 'same' ? 'decoder' : hasClasses ? 'none' : 'classifier';
  const assembled = assembleWeights(definition, weights, { reinitialize, seed, subject });
  return { definition, architecture, weights: assembled.weights, kept: KEPT[reinitialize] };
}

/** Weights without a classifier of other classes. */
const withoutOtherClassifier = (weights: Weights, from: NetworkDefinition, classes: number): Weights =>
  new Map([...weights].filter(([name]) => from.classes === classes || !name.startsWith(CLASSIFIER)));

/** The architecture that is asked for, with as many blocks of such widths. */
function named(options: StartingModelOptions): NetworkDefinition {
  const definition = architecture(requiredName(options), options.classes, options.variation);
  const { blocks, widths } = options;
  const part = blocks === undefined ? definition : growthOf(definition).coarsest(definition, blocks);
  return widths === undefined ? part : growthOf(part).withWidths(part, widths);
}

/** The network that given weights are of, with more blocks. */
function grown(from: NetworkDefinition, given: Weights, options: StartingModelOptions): StartingModel {
  const { classes, seed, subject = 'The weights', blocks = 1 } = options;
  const growth = growthOf(from);
  const had = growth.blocks(from);
  const name = architectureName(from);
  const { encoderStride } = from;
  const whole = architecture(name as ArchitectureName, classes, { ...(encoderStride && { encoderStride }) });
  if (blocks < had) {
    throw new UsageError(
      `${subject} are of a network of ${had} blocks, which can grow but not lose some: ask for ${had} to ${growth.blocks(whole)}, got ${blocks}.`,
    );
  }
  const { decoder } = growth.coarsest(whole, blocks);
  const { taps, cascade } = decoder;
  const own = growth.widths(from);
  const finer = decoder.widths.slice(own.length).map((width) => Math.min(width, own.at(-1) as number));
  const { widths = [...own, ...finer] } = options;
  const { pooling } = from.decoder;
  const more = Array.from({ length: blocks - had }, () => whole.decoder.pooling.count as number);
  const count = typeof pooling.count === 'number' ? pooling.count : [...pooling.count, ...more];
  const form = { ...from.decoder, taps, cascade, pooling: { ...pooling, count } };
  const to = growth.withWidths({ ...from, classes, decoder: form }, widths);
  if (!sameJson(growth.coarsest(to, had), { ...from, classes })) {
    throw new UsageError(
      `${subject} are of paths that ${name} does not have in these widths, so its finer blocks cannot be put on them.`,
    );
  }
  const kept = withoutOtherClassifier(given, from, classes);
  const weights = growth.grown(kept, from, to, initialize(networkParameters(to), seed));
  return { definition: to, architecture: name, weights, kept: 'the coarser blocks' };
}

const CLASSIFIER = 'decoder.classifier.';

/** The weights under our names, and their network; undefined for an encoder alone. */
function ownNames(
  { definition }: StartingModelOptions,
  given: Weights,
): { readonly definition: NetworkDefinition | undefined; readonly weights: Weights } {
  if (definition) return { definition, weights: given };
  const { naming, weights } = translateNames(given);
  const recognized = detectArchitecture(weights, naming.defaults);
  return { definition: recognized.kind === 'network' ? recognized.definition : undefined, weights };
}

function requiredName({ architecture: name, subject }: StartingModelOptions): ArchitectureName {
  if (name !== undefined) return name as ArchitectureName;
  const why = subject === undefined ? '' : ` ${subject} holds an encoder only.`;
  throw new UsageError(`Say which architecture to train.${why} There are ${ARCHITECTURE_NAMES.join(', ')}.`);
}
