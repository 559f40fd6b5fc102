/** Where tiles lie along one side of a large image, and how much each counts where they overlap. */
import { UsageError } from '../errors.ts';
import { shownValue } from '../text.ts';

/** Pixels of the network's input; both are multiples of the alignment. */
export interface Tiling {
  /** The longest side of a tile. */
  readonly tile: number;
  /** What neighbors share at least. */
  readonly overlap: number;
  /** Tiles begin at multiples of this, so that every feature of a tile lies where the whole image's would. */
  readonly alignment: number;
  /** The pixels along one side of a cell, that is, of a number of the network's output. */
  readonly outputStride: number;
}

export interface TileSpan {
  /** In pixels. */
  readonly start: number;
  /** In pixels; the last tile ends where the image does. */
  readonly length: number;
  /** How much the tile counts at each of its cells, in [0, 1]; over all tiles they sum to one everywhere. */
  readonly weights: Float32Array;
}

/** The share of an overlap, at both of its ends, in which only the tile that is farther inside counts. */
const UNBLENDED = 1 / 4;

/**
 * Tiles over `length` pixels: as few as keep the overlap, evenly spread. All have the tile's length but the last, which is up
 * to the alignment less a pixel shorter: borders of the image are borders of tiles, and no pixels are made up beyond them.
 *
 * Numbers near a tile's own borders lack context, so they do not count: between two tiles lies a ramp in the middle half of
 * the overlap.
 * @throws UsageError as {@link checkTiling}.
 */
export function tileSpans(length: number, tiling: Tiling): readonly TileSpan[] {
  checkTiling(tiling);
  const { tile, overlap, alignment, outputStride } = tiling;
  // Where the last tile begins, in units of the alignment.
  const last = Math.max(0, Math.ceil((length - tile) / alignment));
  const gaps = Math.ceil((last * alignment) / (tile - overlap));
  const starts = Array.from({ length: gaps + 1 }, (_, index) =>
    gaps === 0 ? 0 : Math.floor((index * last) / gaps) * alignment,
  );
  /** Rises from 0 to 1 across the overlap of tile `index` with the next one; 0 after the last tile, 1 before the first. */
  const rise = (index: number, position: number): number => {
    if (index < 0) return 1;
    const [start, next] = [starts[index] as number, starts[index + 1]];
    if (next === undefined) return 0;
    const shared = start + tile - next;
    const ramp = shared * (1 - 2 * UNBLENDED);
    const from = next + shared * UNBLENDED;
    if (ramp === 0) return position < from ? 0 : 1;
    return Math.min(Math.max((position - from) / ramp, 0), 1);
  };
  return starts.map((start, index) => {
    const extent = Math.min(tile, length - start);
    const weights = Float32Array.from({ length: Math.ceil(extent / outputStride) }, (_, cell) => {
      const position = start + (cell + 0.5) * outputStride;
      return rise(index - 1, position) - rise(index, position);
    });
    return { start, length: extent, weights };
  });
}

/** Pixels of the network's input that neighbors share at least where that is not said. */
const USUAL_OVERLAP = 64;

/** What neighbors share where that is not said: 64 pixels, or the multiple of the alignment above, if the tile is larger; else one alignment. */
export function defaultOverlap({ tile, alignment }: Pick<Tiling, 'tile' | 'alignment'>): number {
  const usual = Math.ceil(USUAL_OVERLAP / alignment) * alignment;
  return usual < tile ? usual : alignment;
}

/** @throws UsageError, with everything that is wrong, unless tile and overlap fit each other and the alignment. */
export function checkTiling({ tile, overlap, alignment }: Omit<Tiling, 'outputStride'>): void {
  const problems: string[] = [];
  const aligned = (value: number): boolean => Number.isInteger(value) && value % alignment === 0;
  if (!aligned(tile) || tile < 2 * alignment) {
    const near = [Math.floor, Math.ceil].map((round) => Math.max(2, round(tile / alignment) || 0) * alignment);
    problems.push(
      `the tile is ${shownValue(tile)}, but must be a multiple of ${alignment} of at least ${2 * alignment}, such as ${[...new Set(near)].join(' or ')}`,
    );
  }
  if (!aligned(overlap) || overlap < 0)
    problems.push(`the overlap is ${shownValue(overlap)}, but must be 0 or a multiple of ${alignment}`);
  if (overlap >= tile) problems.push(`the overlap (${overlap}) must be smaller than the tile (${tile})`);
  if (problems.length > 0)
    throw new UsageError(`Tiles do not fit: ${problems.join('; ')}. All are pixels of the network's input.`);
}
