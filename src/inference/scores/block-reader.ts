/** Reads the pixels between four neighboring places of scores. */
import { BilinearScores, type ScorePlaces } from './bilinear-scores.ts';
import type { Run } from './linear-runs.ts';
import { addPowers, addWeightedPowers, fillPowers, growth, raiseToPowers } from './powers.ts';

/** What was read, rows from top to bottom. */
export interface ReadScores {
  /** The class of the largest logit; of equal ones the first. */
  readonly labels: Uint8Array | Uint16Array;
  /** That class's probability. */
  readonly confidence?: Float32Array;
  /** The entropy of the probabilities over log K, in [0, 1]. */
  readonly entropy?: Float32Array;
  /** All probabilities, [K, H, W]. */
  readonly probabilities?: Float32Array;
}

/** Pixels that lie between the same four places. */
export interface Block {
  readonly down: Run;
  readonly across: Run;
}

/** Reads blocks into the results of an image. */
export class BlockReader {
  readonly #places: ScorePlaces;
  readonly #width: number;
  readonly #results: ReadScores;
  /** The leading class of each place. */
  readonly #leaders: Uint16Array;
  readonly #scores: BilinearScores;
  /** Of each pixel of a block: the largest exponential of a score, the sum of all, and of their products with the scores. */
  readonly #bests: Float64Array;
  readonly #sums: Float64Array;
  readonly #weighted: Float64Array;
  /** The exponentials themselves, [classes, pixels], where probabilities are wanted. */
  readonly #levels: Float64Array;

  /**
   * @param width of the image, in pixels.
   * @param most the most pixels of a block.
   * @param results what is read: labels, and all that is there beside them.
   */
  constructor(places: ScorePlaces, width: number, most: number, results: ReadScores) {
    this.#places = places;
    this.#width = width;
    this.#results = results;
    this.#leaders = leadersOf(places);
    this.#scores = new BilinearScores(places);
    this.#bests = new Float64Array(most);
    this.#sums = new Float64Array(most);
    this.#weighted = new Float64Array(most);
    this.#levels = new Float64Array(results.probabilities ? places.classes * most : 0);
  }

  /** Reads the pixels of a block. */
  read(block: Block): void {
    const { down, across } = block;
    const { labels, confidence, entropy, probabilities } = this.#results;
    const leader = this.#commonLeader(block);
    for (let y = down.start; y < down.end; y++) {
      if (leader < 0) this.#readLabels(pixelOf(down, y), across);
      else labels.fill(leader, y * this.#width + across.start, y * this.#width + across.end);
    }
    if (confidence ?? entropy ?? probabilities) this.#readSums(block, leader);
  }

  /** The class that leads at all four places, and so between them; -1 if there is none. */
  #commonLeader({ down, across }: Block): number {
    const { columns } = this.#places;
    const [upper, lower] = [down.first * columns, down.second * columns];
    const leader = this.#leaders[upper + across.first] as number;
    const isCommon =
      leader === this.#leaders[upper + across.second] &&
      leader === this.#leaders[lower + across.first] &&
      leader === this.#leaders[lower + across.second];
    return isCommon ? leader : -1;
  }

  /** Each row from the places themselves: going down by steps would round differently. */
  #readLabels(row: Run, across: Run): void {
    const { labels } = this.#results;
    const { start, across: slopes } = this.#scores;
    this.#scores.begin(row, across);
    for (let x = across.start; x < across.end; x++) {
      const steps = x - across.start;
      let best = -Infinity;
      let label = 0;
      for (let id = 0; id < start.length; id++) {
        const score = (start[id] as number) + steps * (slopes[id] as number);
        if (!(score > best)) continue;
        best = score;
        label = id;
      }
      labels[row.start * this.#width + x] = label;
    }
  }

  /** @param leader the class that leads at every pixel, or -1. */
  #readSums(block: Block, leader: number): void {
    const { down, across } = block;
    const [rows, columns] = [down.end - down.start, across.end - across.start];
    this.#scores.begin(down, across);
    if (this.#scores.measure(rows - 1, columns - 1, !!this.#results.probabilities) || rows * columns === 1) {
      this.#addClasses(rows, columns, leader);
      this.#writeSums(block);
      return;
    }
    // Each pixel by itself is measured from its own largest score.
    for (let y = down.start; y < down.end; y++) {
      for (let x = across.start; x < across.end; x++) {
        this.#readSums({ down: pixelOf(down, y), across: pixelOf(across, x) }, leader);
      }
    }
  }

  /** Adds up the exponentials of the scores of the classes that count, measured from the top. */
  #addClasses(rows: number, columns: number, leader: number): void {
    const { start: starts, across, down, twist: twists, highest, top, floor } = this.#scores;
    const { entropy, probabilities } = this.#results;
    const [bests, sums, weighted, levels] = [this.#bests, this.#sums, this.#weighted, this.#levels];
    const pixels = rows * columns;
    sums.fill(0, 0, pixels);
    if (leader < 0) bests.fill(0, 0, pixels);
    if (entropy) weighted.fill(0, 0, pixels);
    for (let id = 0; id < starts.length; id++) {
      if ((highest[id] as number) < floor) continue;
      let score = (starts[id] as number) - top;
      let slope = across[id] as number;
      const fall = down[id] as number;
      const twist = twists[id] as number;
      // Scores are straight lines in each direction, so their exponentials grow by factors.
      let level = Math.exp(score);
      let ratio = columns > 1 ? growth(slope) : 1;
      const levelRatio = rows > 1 ? growth(fall) : 1;
      const ratioRatio = rows > 1 && columns > 1 ? growth(twist) : 1;
      for (let start = 0; start < pixels; start += columns) {
        addPowers(sums, start, columns, level, ratio);
        if (id === leader) fillPowers(bests, start, columns, level, ratio);
        else if (leader < 0) raiseToPowers(bests, start, columns, level, ratio);
        if (probabilities) fillPowers(levels, id * pixels + start, columns, level, ratio);
        if (entropy) addWeightedPowers(weighted, start, columns, level, ratio, score, slope);
        level *= levelRatio;
        ratio *= ratioRatio;
        score += fall;
        slope += twist;
      }
    }
  }

  #writeSums({ down, across }: Block): void {
    const { classes } = this.#places;
    const { labels, confidence, entropy, probabilities } = this.#results;
    const [bests, sums, weighted, levels] = [this.#bests, this.#sums, this.#weighted, this.#levels];
    const columns = across.end - across.start;
    const pixels = (down.end - down.start) * columns;
    // That of one class is 0 whatever it is divided by.
    const mostEntropy = Math.log(Math.max(2, classes));
    for (let y = down.start; y < down.end; y++) {
      for (let x = across.start; x < across.end; x++) {
        const at = (y - down.start) * columns + x - across.start;
        const pixel = y * this.#width + x;
        const sum = sums[at] as number;
        if (confidence) confidence[pixel] = (bests[at] as number) / sum;
        // The logarithm of the sum less the mean score, both measured from the top.
        if (entropy) entropy[pixel] = Math.max(0, Math.log(sum) - (weighted[at] as number) / sum) / mostEntropy;
        if (!probabilities) continue;
        for (let id = 0; id < classes; id++) {
          probabilities[id * labels.length + pixel] = (levels[id * pixels + at] as number) / sum;
        }
      }
    }
  }
}

/** One pixel of a run. */
const pixelOf = (run: Run, pixel: number): Run => ({
  ...run,
  start: pixel,
  end: pixel + 1,
  share: run.share + (pixel - run.start) * run.step,
});

/** The class of the first largest score of each place. */
function leadersOf({ scores, classes }: ScorePlaces): Uint16Array {
  const leaders = new Uint16Array(scores.length / classes);
  for (let place = 0; place < leaders.length; place++) {
    let best = -Infinity;
    for (let id = 0; id < classes; id++) {
      const score = scores[place * classes + id] as number;
      if (!(score > best)) continue;
      best = score;
      leaders[place] = id;
    }
  }
  return leaders;
}
