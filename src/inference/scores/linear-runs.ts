/** Where the pixels of an enlarged line lie among its numbers: in runs between the same two, at equal steps. */

/** Pixels from `start` to before `end`, between the numbers `first` and `second`. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly first: number;
  readonly second: number;
  /** How far the first pixel is from the first number to the second, in [0, 1). */
  readonly share: number;
  /** How much farther each next one is. */
  readonly step: number;
}

/**
 * The runs of `to` pixels over `from` numbers by half-pixel centers: the pixel i lies at (i + 1/2) from / to - 1/2, and before the first
 * number and behind the last one it is that number.
 * @param most the most pixels of a run.
 */
export function linearRuns(from: number, to: number, most = Infinity): readonly Run[] {
  const step = from / to;
  const placeOf = (pixel: number): number => (pixel + 0.5) * step - 0.5;
  const runs: Run[] = [];
  for (let start = 0; start < to; ) {
    const place = placeOf(start);
    const first = Math.min(from - 1, Math.max(0, Math.floor(place)));
    const isOutside = place < 0 || first === from - 1;
    const border = place < 0 ? 0 : first + 1;
    let end = start + 1;
    while (end < to && end - start < most && (first === from - 1 || placeOf(end) < border)) end++;
    runs.push(
      isOutside
        ? { start, end, first, second: first, share: 0, step: 0 }
        : { start, end, first, second: first + 1, share: place - first, step },
    );
    start = end;
  }
  return runs;
}
