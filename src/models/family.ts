/** What a family of networks is to the rest of the library. */
import type * as z from 'zod/mini';
import type { Value } from '../graph/value.ts';
import type { Scope } from '../nn/scope.ts';
import type { EncoderName } from './encoders/index.ts';
import type { Shapes } from './nearest.ts';
import type { Variation, VariantOptions } from './refinenet/variation.ts';

/** What all definitions have in common. */
export interface AnyDefinition {
  /** Which family's it is; RefineNet's where it is left out. */
  readonly family?: string;
  readonly encoder: EncoderName;
  readonly classes: number;
}

/** How a network's input and output lie to each other, in pixels of its input. */
export interface NetworkGeometry {
  /** The pixels along one side of a number of the output. */
  readonly outputStride: number;
  /** The least side of an image. */
  readonly smallestSide: number;
  /** Where tiles may begin so that every feature of a tile lies where the whole image's would: at multiples of this. */
  readonly alignment: number;
}

/** The network that a state dict is of, as far as names and shapes of its tensors tell. */
export interface DetectedNetwork<Definition extends AnyDefinition = AnyDefinition> {
  readonly architecture: string;
  /** The arrangement of a RefineNet's blocks; undefined where there is but one, and where the weights show none. */
  readonly cascade: string | undefined;
  readonly definition: Definition;
}

/**
 * Networks that one kind of definition describes. Their parameters are named `encoder.*` (`encoders.i.*` where there are several)
 * and `decoder.*`, and the last layer, which has the classes, `decoder.classifier.*`.
 */
export interface NetworkFamily<Definition extends AnyDefinition> {
  /** Marks definitions, and names their block in config.json. */
  readonly name: string;
  /** Its name in prose and in Hugging Face's `architectures`. */
  readonly title: string;
  /** The named architectures. */
  readonly architectures: readonly string[];
  /**
   * The definition of a named architecture for so many classes.
   * @throws UsageError if the variation does not apply to it.
   */
  define(architecture: string, classes: number, variation: Variation): Definition;
  /** The named architecture that a definition is a form of, or a description if there is none. */
  nameOf(definition: Definition): string;
  /** Class scores for normalized images x [N, 3, H, W]: logits [N, classes, ceil(H / stride), ceil(W / stride)]. */
  forward(definition: Definition, x: Value, scope: Scope): Value;
  geometry(definition: Definition): NetworkGeometry;
  /** What config.json holds of it. */
  readonly schema: z.ZodMiniType<Definition>;
  /** Whether a state dict under our names is of this family, by its names alone. */
  owns(shapes: Shapes): boolean;
  /**
   * The network that a state dict of this family is of.
   * @param wanted the architecture, where the caller knows better.
   * @throws WeightsError if it is of none.
   */
  detect(
    shapes: Shapes,
    encoder: EncoderName,
    options: { readonly variant: VariantOptions; readonly wanted: string | undefined },
  ): DetectedNetwork<Definition>;
}
