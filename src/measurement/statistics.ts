/** Figures of repeated measurements. */

export interface Spread {
  readonly fastest: number;
  readonly p50: number;
  readonly p95: number;
  readonly mean: number;
}

/**
 * The value below which a share of the values lies, between neighbors by straight line (as NumPy's `percentile`); NaN for no
 * values.
 * @param share from 0 to 1.
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

/** Each figure is NaN for no values. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    fastest: percentile(values, 0),
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}
