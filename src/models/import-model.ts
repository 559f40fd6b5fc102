/** Makes of a checkpoint's tensors, whoever published it, a network and weights that fit it. */
import { UsageError } from '../errors.ts';
import type { Weights } from '../tensor/weights.ts';
import { translateNames } from '../weights/translate-names.ts';
import { architecture, architectureName } from './architectures.ts';
import { detectArchitecture } from './detect-architecture.ts';
import type { NetworkDefinition } from './families.ts';
import { checkedDefinition } from './network.ts';
import { type VariantOptions, variationOf } from './refinenet/variation.ts';
import { assembleWeights, type Reinitialize } from './assemble.ts';

/** What a checkpoint does not say of itself, and which of its parts are drawn afresh. */
export interface ImportOptions {
  /** What is imported, to begin errors with: a file's name. */
  readonly subject: string;
  /** Overrules what names and shapes say. */
  readonly architecture?: string;
  /** The number of classes wanted; the file's own when left out. */
  readonly classes?: number;
  /** What tensors do not show; what the publisher's code does when left out. */
  readonly variant?: VariantOptions;
  readonly reinitialize: Reinitialize;
  /** What tensors that are new are drawn from. */
  readonly seed: number;
}

/** The network that a checkpoint was recognized as, with weights under our names. */
export interface ImportedModel {
  readonly definition: NetworkDefinition;
  readonly architecture: string;
  readonly weights: Weights;
  /** Whose names the file had. */
  readonly naming: string;
  /** Tensors of the file that were left out knowingly. */
  readonly ignored: readonly string[];
  /** Tensors that were drawn afresh. */
  readonly fresh: readonly string[];
}

/**
 * Recognizes, translates and checks a checkpoint.
 * @throws WeightsError if it is of no known network, or with all that does not fit; UsageError if something must be said
 * that the file does not tell.
 */
export function importModel(given: Weights, options: ImportOptions): ImportedModel {
  const { naming, weights, ignored } = translateNames(given);
  const definition = definitionFor(weights, { ...naming.defaults, ...options.variant }, options);
  const { reinitialize, seed, subject } = options;
  const assembled = assembleWeights(definition, weights, { reinitialize, seed, subject });
  return { definition, architecture: architectureName(definition), naming: naming.name, ignored, ...assembled };
}

function definitionFor(weights: Weights, variant: VariantOptions, options: ImportOptions): NetworkDefinition {
  const recognized = detectArchitecture(weights, variant, options.architecture);
  if (recognized.kind === 'network') {
    const classes = options.classes ?? recognized.definition.classes;
    return checkedDefinition({ ...recognized.definition, classes });
  }
  if (options.architecture === undefined || options.classes === undefined) {
    throw new UsageError(
      `${options.subject} holds only an encoder, ${recognized.encoder}. Say for which architecture it is and how many classes that gets, and have the rest drawn afresh: reinitialize decoder.`,
    );
  }
  return architecture(options.architecture, options.classes, variationOf(variant));
}
