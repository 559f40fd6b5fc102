/** Numbers in words. */

/** A share in [0, 1] as a percentage with so many decimals: `97.3 %`. */
export function percent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)} %`;
}
