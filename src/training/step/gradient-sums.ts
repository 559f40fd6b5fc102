/** Sums of what batches of several machines gave. */
import { ShapeError } from '../../errors.ts';
import type { GradientSums } from './types.ts';

type Arrays = GradientSums['gradients'];

/**
 * The sums of two machines. The order counts by rounding, so that all machines must add in the same one.
 * @throws ShapeError naming the first tensor that one of them lacks, or has with another length.
 */
export function addSums(first: GradientSums, second: GradientSums): GradientSums {
  return {
    gradients: addArrays(first.gradients, second.gradients),
    statistics: addArrays(first.statistics, second.statistics),
    loss: first.loss + second.loss,
    weight: first.weight + second.weight,
    pixels: first.pixels + second.pixels,
    correct: first.correct + second.correct,
    parts: first.parts + second.parts,
    norm: null,
  };
}

function addArrays(first: Arrays, second: Arrays): Arrays {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const [a, b] = [first[name], second[name]];
      if (a?.length !== b?.length || !a || !b) {
        throw new ShapeError(
          `The gradients of two machines do not fit: ${name} has ${a?.length ?? 'no'} and ${b?.length ?? 'no'} numbers. Train the same network on both.`,
        );
      }
      return [name, a.map((value, index) => value + (b[index] as number))];
    }),
  );
}
