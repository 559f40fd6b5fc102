/** Draws fresh weights. */
import type { Initializer, Parameter } from '../graph/value.ts';
import { type RandomStream, randomStream } from '../tensor/random.ts';
import { elementCount } from '../tensor/shape.ts';
import { type Tensor, tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';

type Kind = Initializer['kind'];

/** One number of each distribution. */
const DRAWS: {
  readonly [K in Kind]: (initializer: Extract<Initializer, { kind: K }>, random: RandomStream) => number;
} = {
  constant: ({ value }) => value,
  normal: ({ std }, random) => std * random.normal(),
  uniform: ({ bound }, random) => bound * (2 * random.uniform() - 1),
};

/**
 * Fresh weights for parameters, each drawn from its own initializer. The same seed and name always give the same numbers,
 * whatever else is drawn.
 * @param only the names to draw; all when left out.
 * @throws UsageError if the seed is not a whole number from 0 to 2^53 - 1.
 */
export function initialize(
  parameters: ReadonlyMap<string, Parameter>,
  seed: number,
  only: (name: string) => boolean = () => true,
): Weights {
  const weights = new Map<string, Tensor>();
  for (const [name, { shape, source }] of parameters) {
    if (only(name)) weights.set(name, draw(shape, source.initializer, randomStream(seed, name)));
  }
  return weights;
}

function draw<K extends Kind>(
  shape: readonly number[],
  initializer: Extract<Initializer, { kind: K }>,
  random: RandomStream,
): Tensor {
  const data = new Float32Array(elementCount(shape));
  const one = DRAWS[initializer.kind as K];
  for (let index = 0; index < data.length; index++) data[index] = one(initializer, random);
  return tensor('float32', shape, data);
}
