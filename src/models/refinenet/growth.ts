/** Networks of the coarsest blocks alone, and how they grow: coarse to fine, as the cascade itself refines. */
import { UsageError } from '../../errors.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
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
  const { taps, widths, cascade } = decoder;
  return { ...definition, decoder: { ...decoder, taps: keep(taps), widths: keep(widths), cascade: keep(cascade) } };
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
  const isSameBlock = (path: number): boolean => decoder.cascade[path] === decoder.cascade[path - 1];
  const isUnfit = (width: number, path: number): boolean => {
    const before = widths[path - 1] ?? width;
    return isSameBlock(path) ? width !== before : width > before;
  };
  if (decoder.fusion === 'previous' && widths.some(isUnfit)) {
    throw new UsageError(
      `The widths ${widths.join(',')} do not fit: the paths of a block need one width, no wider than those of the block before.`,
    );
  }
  return { ...definition, decoder: { ...decoder, widths } };
}

/**
 * The weights of a network with more blocks from those of one with fewer, whose blocks become its coarsest. The finer ones
 * begin faint, and what comes from below passes their fusion as it is; only the rectification before their pooling cuts it.
 * @param fresh drawn weights of the grown network.
 */
export function grownWeights(
  given: Weights,
  from: RefineNetDefinition,
  to: RefineNetDefinition,
  fresh: Weights,
): Weights {
  const names = new Map([...given.keys()].map((name) => [nameIn(to, from, name), name]));
  return new Map(
    [...fresh].map(([name, drawn]) => {
      const kept = given.get(names.get(name) ?? '');
      // A classifier of narrower features is a new one.
      return [name, kept && kept.shape.join() === drawn.shape.join() ? kept : faint(name, drawn)];
    }),
  );
}

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

/** A fresh tensor made faint, and where what comes from below passes it, the identity added. */
function faint(name: string, { shape, data }: Tensor): Tensor {
  const values = Float32Array.from(data as Float32Array, (value) => FAINT * value);
  if (FROM_BELOW.test(name)) {
    const [outputs, inputs, ...kernel] = shape as readonly [number, number, ...number[]];
    const size = kernel.reduce((product, side) => product * side, 1);
    const center = Math.floor(size / 2);
    for (let channel = 0; channel < Math.min(outputs, inputs); channel++) {
      const at = (channel * inputs + channel) * size + center;
      values[at] = (values[at] as number) + 1;
    }
  }
  return tensor('float32', shape, values);
}
