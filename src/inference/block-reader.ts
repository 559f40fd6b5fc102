/** Reads the pixels between four neighboring places of scores. */
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

/** Scores [places, classes] in rows of `columns` places, which become lines of `width` pixels. */
export interface ScorePlaces {
  readonly scores: Float32Array;
  readonly classes: number;
  readonly columns: number;
  readonly width: number;
}

/** Pixels that lie between the same four places. */
export interface Block {
  readonly down: Run;
  readonly across: Run;
}

/** How far below a block's largest score another may lie: exp of it is still a normal number. */
const RANGE = 600;

/** A class that is e^20 times less likely than another changes nothing that float32 tells apart. */
const MARGIN = 20;

export class BlockReader {
  readonly #places: ScorePlaces;
  readonly #results: ReadScores;
  /** The leading class of each place. */
  readonly #leaders: Uint16Array;
  /** Of each class at a block's first pixel: its score, and by how much it grows per pixel across and down. */
  readonly #scores: Float64Array;
  readonly #across: Float64Array;
  readonly #down: Float64Array;
  /** By how much the growth across grows per pixel down. */
  readonly #twists: Float64Array;
  /** Of each class in a block: its largest and its smallest score. */
  readonly #highest: Float64Array;
  readonly #lowest: Float64Array;
  /** Of each pixel of a block: the largest exponential of a score, the sum of all, and of their products with the scores. */
  readonly #bests: Float64Array;
  readonly #sums: Float64Array;
  readonly #weighted: Float64Array;
  /** The exponentials themselves, [classes, pixels], where probabilities are wanted. */
  readonly #levels: Float64Array;

  /** @param most the most pixels of a block. */
  constructor(places: ScorePlaces, most: number, results: ReadScores) {
    const { scores, classes } = places;
    this.#places = places;
    this.#results = results;
    this.#leaders = leadersOf(scores, classes);
    this.#scores = new Float64Array(classes);
    this.#across = new Float64Array(classes);
    this.#down = new Float64Array(classes);
    this.#twists = new Float64Array(classes);
    this.#highest = new Float64Array(classes);
    this.#lowest = new Float64Array(classes);
    this.#bests = new Float64Array(most);
    this.#sums = new Float64Array(most);
    this.#weighted = new Float64Array(most);
    this.#levels = new Float64Array(results.probabilities ? classes * most : 0);
  }

  read(block: Block): void {
    const { down, across } = block;
    const { width } = this.#places;
    const { labels, confidence, entropy, probabilities } = this.#results;
    const leader = this.#commonLeader(block);
    for (let y = down.start; y < down.end; y++) {
      if (leader < 0) this.#readLabels(pixelOf(down, y), across);
      else labels.fill(leader, y * width + across.start, y * width + across.end);
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

  /** Each row from the places themselves: a step downward would round otherwise. */
  #readLabels(row: Run, across: Run): void {
    const [scores, slopes, { labels }] = [this.#scores, this.#across, this.#results];
    const { classes, width } = this.#places;
    this.#begin(row, across);
    for (let x = across.start; x < across.end; x++) {
      const steps = x - across.start;
      let best = Number.NEGATIVE_INFINITY;
      let label = 0;
      for (let id = 0; id < classes; id++) {
        const score = (scores[id] as number) + steps * (slopes[id] as number);
        if (!(score > best)) continue;
        best = score;
        label = id;
      }
      labels[row.start * width + x] = label;
    }
  }

  /** Brings scores and their growth to the first pixel of a block. */
  #begin(down: Run, across: Run): void {
    const { scores: given, classes, columns } = this.#places;
    const [scores, slopes, falls, twists] = [this.#scores, this.#across, this.#down, this.#twists];
    const [upper, lower] = [down.first * columns, down.second * columns];
    const upperLeft = (upper + across.first) * classes;
    const upperRight = (upper + across.second) * classes;
    const lowerLeft = (lower + across.first) * classes;
    const lowerRight = (lower + across.second) * classes;
    for (let id = 0; id < classes; id++) {
      const [left, right] = [given[upperLeft + id] as number, given[upperRight + id] as number];
      const leftFall = (given[lowerLeft + id] as number) - left;
      const rightFall = (given[lowerRight + id] as number) - right;
      const start = left + leftFall * down.share;
      const slope = right + rightFall * down.share - start;
      const twist = (rightFall - leftFall) * down.step;
      scores[id] = start + slope * across.share;
      slopes[id] = slope * across.step;
      falls[id] = leftFall * down.step + twist * across.share;
      twists[id] = twist * across.step;
    }
  }

  /** @param leader the class that leads at every pixel, or -1. */
  #readSums(block: Block, leader: number): void {
    const { down, across } = block;
    const [rows, columns] = [down.end - down.start, across.end - across.start];
    this.#begin(down, across);
    this.#findRanges(rows - 1, columns - 1);
    const top = extreme(this.#highest, Math.max);
    if (rows * columns > 1 && !(top - extreme(this.#lowest, Math.min) <= RANGE)) {
      // Each pixel by itself is measured from its own largest score.
      for (let y = down.start; y < down.end; y++) {
        for (let x = across.start; x < across.end; x++) {
          this.#readSums({ down: pixelOf(down, y), across: pixelOf(across, x) }, leader);
        }
      }
      return;
    }
    // Below it a class counts at none of the pixels; where probabilities are wanted all do.
    const floor = this.#results.probabilities ? Number.NEGATIVE_INFINITY : extreme(this.#lowest, Math.max) - MARGIN;
    this.#addClasses(rows, columns, leader, top, floor);
    this.#writeSums(block);
  }

  /**
   * Each class's largest and smallest score, which are at a block's corners.
   * @param rows from its first row to its last; `columns` likewise.
   */
  #findRanges(rows: number, columns: number): void {
    const [scores, slopes, falls, twists] = [this.#scores, this.#across, this.#down, this.#twists];
    for (let id = 0; id < scores.length; id++) {
      const start = scores[id] as number;
      const slope = slopes[id] as number;
      const right = start + columns * slope;
      const below = start + rows * (falls[id] as number);
      const belowRight = below + columns * (slope + rows * (twists[id] as number));
      this.#highest[id] = Math.max(start, right, below, belowRight);
      this.#lowest[id] = Math.min(start, right, below, belowRight);
    }
  }

  /** Adds up the exponentials of the scores, measured from `top`, of the classes that somewhere reach the floor. */
  #addClasses(rows: number, columns: number, leader: number, top: number, floor: number): void {
    const { classes } = this.#places;
    const { entropy, probabilities } = this.#results;
    const [bests, sums, weighted, levels] = [this.#bests, this.#sums, this.#weighted, this.#levels];
    const pixels = rows * columns;
    sums.fill(0, 0, pixels);
    if (leader < 0) bests.fill(0, 0, pixels);
    if (entropy) weighted.fill(0, 0, pixels);
    for (let id = 0; id < classes; id++) {
      if ((this.#highest[id] as number) < floor) continue;
      let score = (this.#scores[id] as number) - top;
      let slope = this.#across[id] as number;
      const fall = this.#down[id] as number;
      const twist = this.#twists[id] as number;
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
    const { classes, width } = this.#places;
    const { labels, confidence, entropy, probabilities } = this.#results;
    const [bests, sums, weighted, levels] = [this.#bests, this.#sums, this.#weighted, this.#levels];
    const columns = across.end - across.start;
    const pixels = (down.end - down.start) * columns;
    const mostEntropy = Math.log(Math.max(2, classes));
    for (let y = down.start; y < down.end; y++) {
      for (let x = across.start; x < across.end; x++) {
        const at = (y - down.start) * columns + x - across.start;
        const pixel = y * width + x;
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

/** The largest or the smallest of numbers. */
function extreme(numbers: Float64Array, choose: typeof Math.max): number {
  let found = numbers[0] as number;
  for (let at = 1; at < numbers.length; at++) found = choose(found, numbers[at] as number);
  return found;
}

/** The class of the first largest score of each place. */
function leadersOf(scores: Float32Array, classes: number): Uint16Array {
  const leaders = new Uint16Array(scores.length / classes);
  for (let place = 0; place < leaders.length; place++) {
    let best = Number.NEGATIVE_INFINITY;
    for (let id = 0; id < classes; id++) {
      const score = scores[place * classes + id] as number;
      if (!(score > best)) continue;
      best = score;
      leaders[place] = id;
    }
  }
  return leaders;
}
