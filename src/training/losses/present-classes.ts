/** The mean of a number per class over those classes that some scored pixel has. */
import { greater } from '../../graph/ops/comparison.ts';
import { numbersLike, scalarLike } from '../../graph/ops/constants.ts';
import { add, div, mul, sub } from '../../graph/ops/elementwise.ts';
import { reduceSum } from '../../graph/ops/reduction.ts';
import { cast } from '../../graph/ops/structure.ts';
import type { Value } from '../../graph/value.ts';
import { type Pixels, reduceAll } from './pixels.ts';

export interface PresentClasses {
  /** Pixels of each class, float32 [K]. */
  readonly count: Value;
  /** 0 where a class is present, 1 where it is absent, float32 [K]. */
  readonly absent: Value;
  /** The mean of [K] over the present classes, weighted by the class weights; 0 if there are none. */
  mean(perClass: Value): Value;
}

export function presentClasses({ classes, isClass, classWeights }: Pixels): PresentClasses {
  const count = reduceSum(isClass, [0, 2, 3], undefined, false);
  const present = cast(greater(count, scalarLike(count, 0)), 'float32');
  const one = scalarLike(count, 1);
  const weight = mul(present, numbersLike(count, [classes], classWeights));
  const total = reduceAll(weight);
  const divisor = add(total, sub(one, cast(greater(total, scalarLike(total, 0)), 'float32')));
  return {
    count,
    absent: sub(one, present),
    mean: (perClass) => div(reduceAll(mul(perClass, weight)), divisor),
  };
}
