/** Joins given and fresh weights to a network's. */
import { UsageError } from '../errors.ts';
import { initialize } from '../nn/initialize.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';
import type { Mismatch } from '../tensor/mismatch.ts';
import { fitWeights } from '../weights/fit.ts';
import type { NetworkDefinition } from './families.ts';
import { networkParameters } from './network.ts';

/** Which part is drawn anew, by the beginning of its tensors' names. */
const REINITIALIZED = {
  none: undefined,
  classifier: 'decoder.classifier.',
  decoder: 'decoder.',
} as const satisfies Record<string, string | undefined>;

/** Which part of a network gets fresh weights; `AssembleOptions` says what each name means. */
export type Reinitialize = keyof typeof REINITIALIZED;

/** Which tensors of a network are drawn anew rather than taken from given weights. */
export interface AssembleOptions {
  /**
   * `none` takes every tensor from the given weights, `classifier` draws a classifier for another number of classes,
   * `decoder` keeps only the encoder. Given tensors of a part drawn anew are not looked at.
   */
  readonly reinitialize: Reinitialize;
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  /** What is being loaded, to begin errors with: a file's name. */
  readonly subject?: string;
}

/** A network's weights, given and fresh ones together. */
export interface AssembledWeights {
  /** Every tensor of the network, float32, in the order the network needs them. */
  readonly weights: Weights;
  /** The names that were drawn. */
  readonly fresh: readonly string[];
}

/**
 * The weights of a network from given ones under our names, with one part drawn anew if asked. A network of several encoders
 * takes a single given one for each of them.
 * @throws WeightsError listing all that does not fit, and which part to reinitialize if that helps.
 * @throws UsageError if the seed or the part to reinitialize is not an allowed one.
 */
export function assembleWeights(
  definition: NetworkDefinition,
  given: Weights,
  { reinitialize, seed, subject = 'The weights' }: AssembleOptions,
): AssembledWeights {
  if (!Object.hasOwn(REINITIALIZED, reinitialize)) {
    throw new UsageError(
      `reinitialize is one of ${Object.keys(REINITIALIZED).join(', ')}, got ${JSON.stringify(reinitialize)}.`,
    );
  }
  const part = REINITIALIZED[reinitialize];
  const isFresh = (name: string): boolean => part !== undefined && name.startsWith(part);
  const parameters = networkParameters(definition);
  const spread = spreadEncoder(given, countEncoders(parameters.keys()));
  const hasDecoder = [...given.keys()].some((name) => name.startsWith(REINITIALIZED.decoder));
  const kept = fitWeights(spread, parameters, {
    subject,
    ignore: isFresh,
    advise: (mismatches) => adviceOn(mismatches, hasDecoder),
  });
  const drawn = initialize(parameters, seed, isFresh);
  const weights = new Map([...parameters.keys()].map((name) => [name, (kept.get(name) ?? drawn.get(name)) as Tensor]));
  return { weights, fresh: [...drawn.keys()] };
}

/** The encoders of a network, by its parameters' names. */
function countEncoders(names: Iterable<string>): number {
  const indices = [...names].flatMap((name) => /^encoders\.(\d+)\./.exec(name)?.[1] ?? []);
  return Math.max(1, new Set(indices).size);
}

/** One encoder's tensors, for each of several encoders. */
function spreadEncoder(given: Weights, encoders: number): Weights {
  if (encoders === 1) return given;
  return new Map(
    [...given].flatMap(([name, tensor]) =>
      name.startsWith('encoder.')
        ? Array.from(
            { length: encoders },
            (_, index) => [name.replace('encoder', `encoders.${index}`), tensor] as const,
          )
        : [[name, tensor] as const],
    ),
  );
}

function adviceOn(mismatches: readonly Mismatch[], hasDecoder: boolean): string {
  const allIn = (part: string): boolean => mismatches.every(({ name }) => name.startsWith(part));
  if (!hasDecoder && allIn(REINITIALIZED.decoder)) {
    return 'These weights hold an encoder only: to draw a fresh decoder, reinitialize "decoder".';
  }
  if (allIn(REINITIALIZED.classifier)) {
    return 'To draw a fresh classifier for another number of classes, reinitialize "classifier".';
  }
  if (allIn(REINITIALIZED.decoder)) {
    return 'Check the architecture; to keep the encoder and draw a fresh decoder, reinitialize "decoder".';
  }
  return 'Check that the weights and the architecture belong together.';
}
