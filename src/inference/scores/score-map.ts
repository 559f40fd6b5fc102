/** The network's output for a whole image, joined from tiles a band at a time. */
import { RuntimeError } from '../../errors.ts';
import { type Image, image } from '../../image/image.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import type { Stretch } from '../axis-sampling.ts';
import { checkFiniteScores } from '../finite-scores.ts';
import { mirrorImage, mirrorRows } from '../mirror.ts';
import type { TileSpan } from '../tiling.ts';

/** Runs the network on an image at the size it has: logits float32 [1, classes, ceil(height / stride), ceil(width / stride)]. */
export type RunNetwork = (image: Image) => Promise<Tensor<'float32'>>;

export interface ScoreMapOptions {
  /** At the size at which it enters the network. */
  readonly image: Image;
  readonly classes: number;
  /** The pixels along one side of a cell, that is, of a number of the network's output. */
  readonly outputStride: number;
  /** Tiles along the height and the width, as `tileSpans` gives them; one each runs the image whole. */
  readonly rows: readonly TileSpan[];
  readonly columns: readonly TileSpan[];
  /** Whether tiles are mirrored before they are run, and their logits mirrored back. */
  readonly flip: boolean;
  readonly run: RunNetwork;
}

/**
 * Logits [classes, height, width] of an image of any size, of which only the rows between those released and those not yet
 * asked for are held. Where tiles overlap, their logits are averaged by the tiles' weights.
 */
export class ScoreMap {
  /** In cells. */
  readonly height: number;
  readonly width: number;
  readonly #options: ScoreMapOptions;
  /** Rows from #first up to #end: [classes, #end - #first, width]. */
  #held = new Float32Array(0);
  #first = 0;
  #end = 0;
  #released = 0;
  #nextTileRow = 0;

  constructor(options: ScoreMapOptions) {
    this.#options = options;
    this.height = Math.ceil(options.image.height / options.outputStride);
    this.width = Math.ceil(options.image.width / options.outputStride);
  }

  /** The runs of the network for the whole map. */
  get runs(): number {
    return this.#options.rows.length * this.#options.columns.length;
  }

  /**
   * Computes the rows before `end` that are not there yet; `onRun` is called before the first run and after each.
   * @throws RuntimeError if the network fails, or gives numbers that are not finite.
   */
  async advance(end: number, onRun: (runs: number) => void): Promise<void> {
    const { rows, columns, outputStride } = this.#options;
    while (this.#final < end) {
      const row = rows[this.#nextTileRow] as TileSpan;
      this.#hold((row.start + row.length) / outputStride);
      for (const column of columns) {
        onRun(0);
        await this.#add(row, column);
        onRun(1);
      }
      this.#nextTileRow++;
    }
  }

  /** Lets go of the rows before `row`. */
  release(row: number): void {
    this.#released = Math.max(this.#released, row);
  }

  /** A copy of logits that are there: float32 [classes, rows, columns]. */
  block(rows: Stretch, columns: Stretch): Tensor<'float32'> {
    const { classes } = this.#options;
    const [height, width] = [rows.end - rows.start, columns.end - columns.start];
    const data = new Float32Array(classes * height * width);
    const heldRows = this.#end - this.#first;
    let to = 0;
    for (let id = 0; id < classes; id++) {
      for (let y = rows.start; y < rows.end; y++) {
        const from = (id * heldRows + y - this.#first) * this.width;
        data.set(this.#held.subarray(from + columns.start, from + columns.end), to);
        to += width;
      }
    }
    return float32([classes, height, width], data);
  }

  /** The rows before this one will not change any more. */
  get #final(): number {
    const next = this.#options.rows[this.#nextTileRow];
    return next ? next.start / this.#options.outputStride : this.height;
  }

  /** Makes room for the rows before `end`, and drops those released. */
  #hold(end: number): void {
    const { classes } = this.#options;
    const [first, last] = [this.#released, Math.max(this.#end, Math.ceil(end))];
    const held = new Float32Array(classes * (last - first) * this.width);
    for (let id = 0; id < classes; id++) {
      const from = id * (this.#end - this.#first);
      const kept = this.#held.subarray(
        (from + first - this.#first) * this.width,
        (from + this.#end - this.#first) * this.width,
      );
      held.set(kept, id * (last - first) * this.width);
    }
    this.#held = held;
    this.#first = first;
    this.#end = last;
  }

  async #add(row: TileSpan, column: TileSpan): Promise<void> {
    const { image, classes, outputStride, flip, run } = this.#options;
    const tile = cropped(image, row, column);
    const { shape, data } = await run(flip ? mirrorImage(tile) : tile);
    const [height, width] = [row.weights.length, column.weights.length];
    if (data.length !== classes * height * width) {
      throw new RuntimeError(
        `The network gave ${shape.join(' x ')} numbers for a tile of ${tile.width} x ${tile.height} pixels, not ${classes} x ${height} x ${width}.`,
      );
    }
    if (flip) mirrorRows(data, width);
    const heldRows = this.#end - this.#first;
    let sum = 0;
    for (let id = 0; id < classes; id++) {
      for (let y = 0; y < height; y++) {
        const rowWeight = row.weights[y] as number;
        const held = row.start / outputStride + y - this.#first;
        // Rows that were released before their tile's turn are asked for no more.
        if (rowWeight === 0 || held < 0) continue;
        const to = (id * heldRows + held) * this.width + column.start / outputStride;
        const from = (id * height + y) * width;
        for (let x = 0; x < width; x++) {
          const weight = rowWeight * (column.weights[x] as number);
          const score = data[from + x] as number;
          this.#held[to + x] = (this.#held[to + x] as number) + weight * score;
          sum += score;
        }
      }
    }
    checkFiniteScores(sum);
  }
}

function cropped(source: Image, row: TileSpan, column: TileSpan): Image {
  if (row.length === source.height && column.length === source.width) return source;
  const data = new Uint8Array(row.length * column.length * 3);
  for (let y = 0; y < row.length; y++) {
    const from = ((row.start + y) * source.width + column.start) * 3;
    data.set(source.data.subarray(from, from + column.length * 3), y * column.length * 3);
  }
  return image(column.length, row.length, data);
}
