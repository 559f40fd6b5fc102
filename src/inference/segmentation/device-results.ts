/** What a run gave whose scores were read where the network is. */
import type { NamedTensors } from '../../runtime/backend.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkFiniteScores } from '../finite-scores.ts';
import type { ReadScores } from '../scores/block-reader.ts';
import { SCORE_SUMS } from './graph.ts';

/**
 * The results of a graph with `labels`, `SCORE_SUMS`, and whatever was wanted beside them.
 * @throws RuntimeError if the network's numbers overflowed.
 */
export function deviceResults(results: NamedTensors): ReadScores {
  const numbers = (name: string): Float32Array | undefined => (results[name] as Tensor<'float32'> | undefined)?.data;
  checkFiniteScores((numbers(SCORE_SUMS) as Float32Array).reduce((sum, score) => sum + score, 0));
  const [confidence, entropy, probabilities] = ['confidence', 'entropy', 'probabilities'].map(numbers);
  return {
    labels: (results.labels as Tensor<'uint8' | 'uint16'>).data,
    ...(confidence && { confidence }),
    ...(entropy && { entropy }),
    ...(probabilities && { probabilities }),
  };
}
