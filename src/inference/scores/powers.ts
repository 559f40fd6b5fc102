/** Exponentials of numbers that lie on a line: a level, and each time what it becomes by a factor. */

/** Up to here six terms of the series give e^x to twelve digits. */
const NEAR = 1 / 16;

/** e^x, by its series near 0, where the factors between neighboring pixels mostly lie: there it takes a fifth of the time. */
export function growth(x: number): number {
  if (x > NEAR || x < -NEAR) return Math.exp(x);
  return 1 + x * (1 + (x / 2) * (1 + (x / 3) * (1 + (x / 4) * (1 + (x / 5) * (1 + x / 6)))));
}

/** Writes a level, and each time what it becomes by a factor. */
export function fillPowers(into: Float64Array, start: number, count: number, level: number, ratio: number): void {
  let current = level;
  for (let at = start; at < start + count; at++) {
    into[at] = current;
    current *= ratio;
  }
}

/** Adds a level to the first pixel's sum, and to each next one's what it becomes by a factor. */
export function addPowers(into: Float64Array, start: number, count: number, level: number, ratio: number): void {
  let current = level;
  for (let at = start; at < start + count; at++) {
    into[at] = (into[at] as number) + current;
    current *= ratio;
  }
}

/** Raises pixels to a level, and what it becomes by a factor, where they are lower. */
export function raiseToPowers(into: Float64Array, start: number, count: number, level: number, ratio: number): void {
  let current = level;
  for (let at = start; at < start + count; at++) {
    if (current > (into[at] as number)) into[at] = current;
    current *= ratio;
  }
}

/** Adds to each pixel's sum a level times its score, which grow by a factor and by a slope. */
export function addWeightedPowers(
  into: Float64Array,
  start: number,
  count: number,
  level: number,
  ratio: number,
  score: number,
  slope: number,
): void {
  let currentLevel = level;
  let currentScore = score;
  for (let at = start; at < start + count; at++) {
    // Without any level a score may be infinitely low.
    if (currentLevel > 0) into[at] = (into[at] as number) + currentLevel * currentScore;
    currentLevel *= ratio;
    currentScore += slope;
  }
}
