/** Numbers of a network beyond what its precision holds. */
import { RuntimeError } from '../errors.ts';

/**
 * Compared with such numbers every class is as good as any: the first one would win everywhere, without a word.
 * @param sum of scores, or of what was read from them: one of them is enough to make it no finite number.
 * @throws RuntimeError if it is none.
 */
export function checkFiniteScores(sum: number): void {
  if (Number.isFinite(sum)) return;
  throw new RuntimeError(
    "The network's numbers overflow: what it gives is not finite. In float16, run it in float32 (--precision float32, or precision); in float32, its weights or the preprocessing are not what they should be.",
  );
}
