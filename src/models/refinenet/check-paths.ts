/** What must be true of a decoder's paths, so that every block gets inputs that fit each other. */
import { ShapeError } from '../../errors.ts';
import type { DecoderDefinition, RefineNetDefinition } from './definition.ts';

/**
 * @param where begins the message.
 * @param paths how many features the encoders give.
 * @throws ShapeError if the lists are not as long, a block has no path, or widths do not fit.
 */
export function checkPaths(where: string, { decoder, imageDivisors }: RefineNetDefinition, paths: number): void {
  const { cascade, widths } = decoder;
  checkLengths(where, paths, { cascade: cascade.length, widths: widths.length * imageDivisors.length });
  checkBlocks(where, cascade);
  const misfit = misfitOfWidths(decoder);
  if (misfit) throw new ShapeError(`${where}: ${misfit}`);
}

function checkLengths(where: string, paths: number, lengths: Readonly<Record<string, number>>): void {
  for (const [field, length] of Object.entries(lengths)) {
    if (length !== paths) {
      throw new ShapeError(`${where}: ${field} covers ${length} paths, but the encoders give ${paths}.`);
    }
  }
}

/** Every block but the coarsest would go on with what the one before gives, so a slip would only make the network weaker. */
function checkBlocks(where: string, cascade: readonly number[]): void {
  const blocks = Math.max(...cascade);
  const empty = Array.from({ length: blocks }, (_, index) => index + 1).filter((block) => !cascade.includes(block));
  if (empty.length === 0) return;
  throw new ShapeError(
    `${where}: cascade is [${cascade.join(', ')}], so that no path enters block ${empty.join(' or ')}. Give every number from 1 to the largest, ${blocks}.`,
  );
}

type Widths = Pick<DecoderDefinition, 'fusion' | 'cascade' | 'widths'>;

/**
 * What is wrong with the widths of paths that are summed as they are, without a fusion convolution; null if nothing is. A width of 1
 * would be stretched to its neighbors' without a word.
 */
export function misfitOfWidths({ fusion, cascade, widths }: Widths): string | null {
  if (fusion === 'all') return null;
  const byBlock = Array.from({ length: Math.max(...cascade) }, (_, index) => widthsAt(cascade, widths, index + 1));
  const fits = byBlock.every((own, index) => {
    const before = byBlock[index - 1] ?? [];
    return own.every((width) => width === own[0]) && Math.max(...own) <= Math.min(...before);
  });
  return fits
    ? null
    : `The widths ${widths.join(',')} do not fit: the paths of a block need one width, no wider than those of the block before.`;
}

/** The widths of the paths that enter a block, at every scale. */
const widthsAt = (cascade: readonly number[], widths: readonly number[], block: number): readonly number[] =>
  cascade.flatMap((entered, path) => (entered === block ? [widths[path % widths.length] as number] : []));
