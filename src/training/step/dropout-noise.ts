/** The random numbers that dropout takes, drawn from one stream for each step, micro-batch and layer. */
import type { Input } from '../../graph/value.ts';
import { knownShape } from '../../graph/value.ts';
import { DROPOUT_INPUT } from '../../nn/layers.ts';
import { randomStream } from '../../tensor/random.ts';
import { elementCount } from '../../tensor/shape.ts';
import { type Tensor, tensor } from '../../tensor/tensor.ts';

/** Draws what a graph's dropout layers take, into the same memory each time. */
export class DropoutNoise {
  readonly #tensors: ReadonlyMap<string, Tensor<'float32'>>;

  constructor(inputs: ReadonlyMap<string, Input>) {
    this.#tensors = new Map(
      [...inputs]
        .filter(([name]) => name.startsWith(DROPOUT_INPUT))
        .map(([name, value]) => {
          const shape = knownShape(value);
          return [name, tensor('float32', shape, new Float32Array(elementCount(shape)))];
        }),
    );
  }

  /** Numbers in [0, 1) by input name; the next call overwrites them. The first part of the seed is a number. */
  draw([seed, ...key]: readonly (string | number)[]): Readonly<Record<string, Tensor>> {
    for (const [name, { data }] of this.#tensors) {
      const random = randomStream(seed as number, ...key, name);
      // 24 bits, so that rounding to float32 never gives 1.
      for (let index = 0; index < data.length; index++) data[index] = (random.uint32() >>> 8) / 2 ** 24;
    }
    return Object.fromEntries(this.#tensors);
  }
}
