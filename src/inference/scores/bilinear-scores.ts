/** Scores of all classes between four neighboring places, as what grows by equal steps in each direction. */
import type { Run } from './linear-runs.ts';

/** Scores float32 [places, classes], in rows of `columns` places. */
export interface ScorePlaces {
  readonly scores: Float32Array;
  readonly classes: number;
  readonly columns: number;
}

/** How far below a block's largest score another that counts may lie. A twist takes up to twice as much, and exp of it is still a number. */
const RANGE = 300;

/** A class that is e^20 times less likely than another changes nothing that float32 tells apart. */
const MARGIN = 20;

export class BilinearScores {
  readonly #places: ScorePlaces;
  /** Of each class at a block's first pixel: its score, and by how much it grows per pixel across and down. */
  readonly start: Float64Array;
  readonly across: Float64Array;
  readonly down: Float64Array;
  /** By how much the growth across grows per pixel down. */
  readonly twist: Float64Array;
  /** Of each class in a block: its largest and its smallest score. */
  readonly highest: Float64Array;
  readonly lowest: Float64Array;
  /** The largest score of a block. */
  top = 0;
  /** A class that nowhere reaches it counts at none of the pixels. */
  floor = 0;

  constructor(places: ScorePlaces) {
    const numbers = (): Float64Array => new Float64Array(places.classes);
    this.#places = places;
    this.start = numbers();
    this.across = numbers();
    this.down = numbers();
    this.twist = numbers();
    this.highest = numbers();
    this.lowest = numbers();
  }

  /** Brings all to the first pixel of a block. */
  begin(down: Run, across: Run): void {
    const { scores, classes, columns } = this.#places;
    const [upper, lower] = [down.first * columns, down.second * columns];
    const upperLeft = (upper + across.first) * classes;
    const upperRight = (upper + across.second) * classes;
    const lowerLeft = (lower + across.first) * classes;
    const lowerRight = (lower + across.second) * classes;
    for (let id = 0; id < classes; id++) {
      const [left, right] = [scores[upperLeft + id] as number, scores[upperRight + id] as number];
      const leftFall = (scores[lowerLeft + id] as number) - left;
      const rightFall = (scores[lowerRight + id] as number) - right;
      const start = left + leftFall * down.share;
      const slope = right + rightFall * down.share - start;
      const twist = (rightFall - leftFall) * down.step;
      this.start[id] = start + slope * across.share;
      this.across[id] = slope * across.step;
      this.down[id] = leftFall * down.step + twist * across.share;
      this.twist[id] = twist * across.step;
    }
  }

  /**
   * Finds the largest and smallest scores of a block, which are at its corners, and says whether exponentials of all that counts,
   * measured from the top, are normal numbers.
   * @param stepsDown from its first row to its last; `stepsAcross` likewise.
   */
  measure(stepsDown: number, stepsAcross: number, isEveryCounted: boolean): boolean {
    const { start, across, down, twist, highest, lowest } = this;
    let [top, floor, least] = [-Infinity, -Infinity, Infinity];
    for (let id = 0; id < start.length; id++) {
      const first = start[id] as number;
      const slope = across[id] as number;
      const right = first + stepsAcross * slope;
      const below = first + stepsDown * (down[id] as number);
      const belowRight = below + stepsAcross * (slope + stepsDown * (twist[id] as number));
      const high = Math.max(first, right, below, belowRight);
      const low = Math.min(first, right, below, belowRight);
      highest[id] = high;
      lowest[id] = low;
      top = Math.max(top, high);
      floor = Math.max(floor, low - MARGIN);
      least = Math.min(least, low);
    }
    this.top = top;
    this.floor = isEveryCounted ? -Infinity : floor;
    return top - least <= RANGE || this.#isNear();
  }

  #isNear(): boolean {
    return this.highest.every((high, id) => high < this.floor || this.top - (this.lowest[id] as number) <= RANGE);
  }
}
