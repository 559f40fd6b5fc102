/** Networks of the coarsest blocks alone, and how they grow: coarse to fine, as the cascade itself refines. */
import { UsageError } from '../../errors.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import {
  CLASSIFIER,
  clearScores,
  type Kernel,
  middleOf,
  readScores,
  type Scores,
  scoresOf,
  writeScores,
} from './carried-scores.ts';
import { misfitOfWidths } from './check-paths.ts';
import type { RefineNetDefinition } from './definition.ts';

/** How many RefineNet blocks a network has. */
export const blocksOf = ({ decoder }: RefineNetDefinition): number => Math.max(...decoder.cascade);

/**
 * The network of the coarsest blocks, and of the paths that enter them.
 * @throws UsageError if it has not so many blocks.
 */
export function coarsestBlocks(definition: RefineNetDefinition, count: number): RefineNetDefinition {
  const { decoder, imageDivisors } = definition;
  const all = blocksOf(definition);
  if (!Number.isInteger(count) || count < 1 || count > all) {
    throw new UsageError(
      `The network has ${all} RefineNet blocks, so 1 to ${all} of them can be asked for, got ${count}.`,
    );
  }
  const paths = decoder.taps.length;
  const isKept = (tap: number): boolean =>
    imageDivisors.every((_, scale) => (decoder.cascade[scale * paths + tap] as number) <= count);
  const keep = <T>(values: readonly T[]): readonly T[] => values.filter((_, index) => isKept(index % paths));
  const { taps, widths, cascade, pooling } = decoder;
  const poolings = typeof pooling.count === 'number' ? pooling.count : pooling.count.slice(0, count);
  return {
    ...definition,
    decoder: {
      ...decoder,
      taps: keep(taps),
      widths: keep(widths),
      cascade: keep(cascade),
      pooling: { ...pooling, count: poolings },
    },
  };
}

export const widthsOf = ({ decoder }: RefineNetDefinition): readonly number[] => decoder.widths;

/**
 * The network with other channels in its paths, the coarsest first. A block has as many as the narrowest of its inputs (section 3.2).
 * @throws UsageError if there are not as many as paths, one is no whole number of at least 1, or paths that are summed as they are
 * would differ.
 */
export function withWidths(definition: RefineNetDefinition, widths: readonly number[]): RefineNetDefinition {
  const { decoder } = definition;
  const paths = decoder.taps.length;
  if (widths.length !== paths || !widths.every((width) => Number.isInteger(width) && width >= 1)) {
    throw new UsageError(
      `The network has ${paths} paths and needs a width for each, the coarsest first; got ${widths.join(',') || 'none'}.`,
    );
  }
  const misfit = misfitOfWidths({ ...decoder, widths });
  if (misfit) throw new UsageError(misfit);
  return { ...definition, decoder: { ...decoder, widths } };
}

/**
 * The weights of a network with more blocks from those of one with fewer, whose blocks become its coarsest. The finer ones
 * begin faint, and what comes from below passes their fusion as it is; only the rectification before their pooling cuts it. Where
 * they are narrower, the smaller network's scores pass in place of its features, if there are two channels for each class and it has no
 * units between features and classifier; the grown one may have some, which add nothing to them at first. Units that are new behind features of one width begin faint, as blocks do.
 * @param fresh drawn weights of the grown network.
 */
export function grownWeights(
  given: Weights,
  from: RefineNetDefinition,
  to: RefineNetDefinition,
  fresh: Weights,
): Weights {
  const names = new Map([...given.keys()].map((name) => [nameIn(to, from, name), name]));
  const scores = isNarrower(given, from, fresh) ? scoresOf(given, Math.min(...to.decoder.widths)) : null;
  return new Map(
    [...fresh].map(([name, drawn]) => {
      const kept = given.get(names.get(name) ?? '');
      if (kept && kept.shape.join() === drawn.shape.join()) return [name, kept];
      const grown = faint(drawn);
      if (scores && addsToPath(to, name)) clearScores(kernelOf(grown), scores);
      // A classifier of narrower features is a new one.
      if (scores && name === CLASSIFIER) readScores(kernelOf(grown));
      if (FROM_BELOW.test(name)) passOn(kernelOf(grown), scores);
      return [name, grown];
    }),
  );
}

/** Whether the finest features are fewer than those that the classifier knows, without units of a head before it that would be new. */
const isNarrower = (given: Weights, { decoder }: RefineNetDefinition, fresh: Weights): boolean =>
  decoder.units.head === 0 && given.get(CLASSIFIER)?.shape[1] !== fresh.get(CLASSIFIER)?.shape[1];

/** Whether what a convolution gives is added to what passes from block to block. */
const addsToPath = ({ decoder: { fusion } }: RefineNetDefinition, name: string): boolean =>
  ADDED.test(name) || (fusion === 'previous' && OWN_PATH.test(name));

const ADDED = /\.(fusion\.\d+|pooling\.block\d+|conv2)\.weight$/;
const OWN_PATH = /^decoder\.reduction\.\d+\.weight$/;

/** What a tensor of the smaller network is called in the larger one: blocks are counted from the finest, reductions by scale. */
function nameIn(to: RefineNetDefinition, from: RefineNetDefinition, name: string): string {
  const [paths, fewer] = [to.decoder.taps.length, from.decoder.taps.length];
  return name
    .replace(
      /^decoder\.refinenet(\d+)\./,
      (_, block) => `decoder.refinenet${Number(block) + blocksOf(to) - blocksOf(from)}.`,
    )
    .replace(/^decoder\.reduction\.(\d+)\./, (_, path) => {
      const [scale, tap] = [Math.floor(Number(path) / fewer), Number(path) % fewer];
      return `decoder.reduction.${scale * paths + tap}.`;
    });
}

/** How much of a fresh weight a grown network begins with. */
const FAINT = 0.1;

/** The fusion convolution of what comes from the block before. */
const FROM_BELOW = /^decoder\.refinenet\d+\.fusion\.0\.weight$/;

/** A fresh tensor made faint. */
const faint = ({ shape, data }: Tensor): Tensor =>
  tensor(
    'float32',
    shape,
    Float32Array.from(data as Float32Array, (value) => FAINT * value),
  );

const kernelOf = ({ shape, data }: Tensor): Kernel => ({
  shape: shape as Kernel['shape'],
  values: data as Float32Array,
});

/**
 * Lets channels pass a convolution as they are; where it is the one that takes the smaller network's features to fewer channels,
 * its scores in place of the first ones.
 */
function passOn(into: Kernel, scores: Scores | null): void {
  const [outputs, inputs] = into.shape;
  const isNarrowing = scores !== null && outputs < inputs && inputs === scores.classifier.shape[1];
  if (isNarrowing) writeScores(into, scores);
  for (let channel = isNarrowing ? scores.channels : 0; channel < Math.min(outputs, inputs); channel++) {
    const at = middleOf(into, channel, channel);
    into.values[at] = (into.values[at] as number) + 1;
  }
}
