/** Reads the pixels between two neighboring places of a line of scores. */
import type { Run } from './linear-runs.ts';

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

/** How far below a run's largest score another that counts in it may lie: exp of it is still a normal number. */
const RANGE = 600;

/** A class that is e^20 times less likely than another changes nothing that float32 tells apart. */
const MARGIN = 20;

export class RunReader {
  readonly #line: Float64Array;
  readonly #classes: number;
  readonly #results: ReadScores;
  readonly #needsSum: boolean;
  readonly #perEntropy: number;
  /** The leading class of each place. */
  readonly #leaders: Uint16Array;
  /** Of each class at a run's first pixel: its score, and by how much it grows from pixel to pixel. */
  readonly #scores: Float64Array;
  readonly #slopes: Float64Array;
  /** Of each pixel of a run: the largest exponential of a score, the sum of all, and of their products with the scores. */
  readonly #bests: Float64Array;
  readonly #sums: Float64Array;
  readonly #weighted: Float64Array;
  /** The exponentials themselves, [classes, longest], where probabilities are wanted. */
  readonly #levels: Float64Array;
  readonly #longest: number;

  /**
   * @param line scores [places, classes], which may change between lines.
   * @param longest the most pixels of a run.
   */
  constructor(line: Float64Array, classes: number, longest: number, results: ReadScores) {
    this.#line = line;
    this.#classes = classes;
    this.#results = results;
    const { confidence, entropy, probabilities } = results;
    this.#needsSum = (confidence ?? entropy ?? probabilities) !== undefined;
    this.#perEntropy = classes > 1 ? 1 / Math.log(classes) : 0;
    this.#leaders = new Uint16Array(line.length / classes);
    this.#scores = new Float64Array(classes);
    this.#slopes = new Float64Array(classes);
    this.#bests = new Float64Array(longest);
    this.#sums = new Float64Array(longest);
    this.#weighted = new Float64Array(longest);
    this.#levels = new Float64Array(probabilities ? classes * longest : 0);
    this.#longest = longest;
  }

  /** Finds the leading classes of a new line. */
  choose(): void {
    for (let place = 0; place < this.#leaders.length; place++) {
      this.#leaders[place] = largest(this.#line, place * this.#classes, this.#classes);
    }
  }

  /** @param offset the place of the line's first pixel in the results. */
  read(run: Run, offset: number): void {
    const [from, to] = [offset + run.start, offset + run.end];
    const leader = this.#leaders[run.first] as number;
    // A class that leads at both places leads between them.
    const isSettled = leader === this.#leaders[run.second];
    if (isSettled) this.#results.labels.fill(leader, from, to);
    if (isSettled && !this.#needsSum) return;
    this.#begin(run);
    if (!isSettled) this.#readLabels(from, to);
    if (this.#needsSum) this.#readSums(run, offset);
  }

  /** Brings scores and slopes to the first pixel of a run. */
  #begin({ first, second, share, step }: Run): void {
    const [line, classes, scores, slopes] = [this.#line, this.#classes, this.#scores, this.#slopes];
    for (let id = 0; id < classes; id++) {
      const one = line[first * classes + id] as number;
      const slope = (line[second * classes + id] as number) - one;
      scores[id] = one + slope * share;
      slopes[id] = slope * step;
    }
  }

  #readLabels(from: number, to: number): void {
    const [scores, slopes, { labels }] = [this.#scores, this.#slopes, this.#results];
    const classes = this.#classes;
    for (let pixel = from; pixel < to; pixel++) {
      const steps = pixel - from;
      let best = Number.NEGATIVE_INFINITY;
      for (let id = 0; id < classes; id++) {
        const score = (scores[id] as number) + steps * (slopes[id] as number);
        if (!(score > best)) continue;
        best = score;
        labels[pixel] = id;
      }
    }
  }

  #readSums(run: Run, offset: number): void {
    const { start, end, share, step } = run;
    const count = end - start;
    const { labels, confidence, entropy, probabilities } = this.#results;
    const { top, floor, lowest } = this.#range(count - 1, probabilities !== undefined);
    if (count > 1 && !(top - lowest <= RANGE)) {
      // Each pixel by itself is measured from its own largest score.
      for (let at = start; at < end; at++) {
        const one = { ...run, start: at, end: at + 1, share: share + (at - start) * step };
        this.#begin(one);
        this.#readSums(one, offset);
      }
      return;
    }
    const [bests, sums, weighted] = [this.#bests, this.#sums, this.#weighted];
    bests.fill(0, 0, count);
    sums.fill(0, 0, count);
    if (entropy) weighted.fill(0, 0, count);
    for (let id = 0; id < this.#classes; id++) {
      const slope = this.#slopes[id] as number;
      const score = (this.#scores[id] as number) - top;
      if (!probabilities && Math.max(score, score + (count - 1) * slope) < floor - top) continue;
      let level = Math.exp(score);
      // Scores are straight lines, so their exponentials grow by one factor.
      const ratio = Math.exp(slope);
      if (probabilities) fillPowers(this.#levels, id * this.#longest, count, level, ratio);
      if (entropy) addWeighted(weighted, count, { level, ratio, score, slope });
      for (let at = 0; at < count; at++) {
        sums[at] = (sums[at] as number) + level;
        if (level > (bests[at] as number)) bests[at] = level;
        level *= ratio;
      }
    }
    for (let at = 0; at < count; at++) {
      const pixel = offset + start + at;
      const sum = sums[at] as number;
      if (confidence) confidence[pixel] = (bests[at] as number) / sum;
      // The logarithm of the sum less the mean score, both measured from the top.
      if (entropy) entropy[pixel] = Math.max(0, Math.log(sum) - (weighted[at] as number) / sum) * this.#perEntropy;
      if (!probabilities) continue;
      for (let id = 0; id < this.#classes; id++) {
        probabilities[id * labels.length + pixel] = (this.#levels[id * this.#longest + at] as number) / sum;
      }
    }
  }

  /**
   * The largest score of a run; one below which a class counts at none of its pixels; and the lowest of the classes that count.
   * @param steps from its first pixel to its last.
   * @param all whether every class counts.
   */
  #range(steps: number, all: boolean): { readonly top: number; readonly floor: number; readonly lowest: number } {
    const [scores, slopes, classes] = [this.#scores, this.#slopes, this.#classes];
    let top = Number.NEGATIVE_INFINITY;
    let floor = Number.NEGATIVE_INFINITY;
    for (let id = 0; id < classes; id++) {
      const score = scores[id] as number;
      const last = score + steps * (slopes[id] as number);
      top = Math.max(top, score, last);
      floor = Math.max(floor, Math.min(score, last) - MARGIN);
    }
    let lowest = top;
    for (let id = 0; id < classes; id++) {
      const score = scores[id] as number;
      const last = score + steps * (slopes[id] as number);
      if (all || Math.max(score, last) >= floor) lowest = Math.min(lowest, score, last);
    }
    return { top, floor, lowest };
  }
}

/** Writes a level, and each time what it becomes by a factor. */
function fillPowers(into: Float64Array, start: number, count: number, level: number, ratio: number): void {
  let current = level;
  for (let at = start; at < start + count; at++) {
    into[at] = current;
    current *= ratio;
  }
}

/** Adds to each pixel's sum a level times its score, which grow by a factor and by a slope. */
function addWeighted(
  into: Float64Array,
  count: number,
  { level, ratio, score, slope }: Readonly<Record<'level' | 'ratio' | 'score' | 'slope', number>>,
): void {
  let [currentLevel, currentScore] = [level, score];
  for (let at = 0; at < count; at++) {
    // Without any level a score may be infinitely low.
    if (currentLevel > 0) into[at] = (into[at] as number) + currentLevel * currentScore;
    currentLevel *= ratio;
    currentScore += slope;
  }
}

/** The class of the first largest number of a place. */
function largest(scores: Float64Array, start: number, classes: number): number {
  let label = 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < classes; id++) {
    const score = scores[start + id] as number;
    if (score > best) {
      best = score;
      label = id;
    }
  }
  return label;
}
