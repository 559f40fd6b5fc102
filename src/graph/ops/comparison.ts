/** Comparisons and logic, whose results are bool, and the choice that a bool makes. */
import { ShapeError } from '../../errors.ts';
import { applyOne, formatType, type Op, required, type Value } from '../value.ts';
import { broadcastShapes } from './broadcast.ts';

export const Equal = comparison('Equal');
export const Greater = comparison('Greater');
export const GreaterOrEqual = comparison('GreaterOrEqual');
export const Less = comparison('Less');
export const And = comparison('And');

export const Not: Op<null> = {
  name: 'Not',
  infer: (inputs) => [{ dtype: 'bool', shape: required(inputs, 0).shape }],
};

/** Inputs: condition (bool), what to take where it holds, what to take elsewhere. */
export const Where: Op<null> = {
  name: 'Where',
  infer(inputs) {
    const [condition, a, b] = [0, 1, 2].map((index) => required(inputs, index)) as [Value, Value, Value];
    if (condition.dtype !== 'bool') throw new ShapeError(`the condition must be bool, got ${formatType(condition)}.`);
    if (a.dtype !== b.dtype) throw new ShapeError(`${formatType(a)} and ${formatType(b)} have different types.`);
    return [{ dtype: a.dtype, shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape)) }];
  },
};

export const equal = (a: Value, b: Value, scope?: string): Value => applyOne(Equal, [a, b], null, scope);
export const greater = (a: Value, b: Value, scope?: string): Value => applyOne(Greater, [a, b], null, scope);
export const greaterOrEqual = (a: Value, b: Value, scope?: string): Value =>
  applyOne(GreaterOrEqual, [a, b], null, scope);
export const less = (a: Value, b: Value, scope?: string): Value => applyOne(Less, [a, b], null, scope);
export const and = (a: Value, b: Value, scope?: string): Value => applyOne(And, [a, b], null, scope);
export const not = (x: Value, scope?: string): Value => applyOne(Not, [x], null, scope);

/** `a` where the condition holds, `b` elsewhere; all three broadcast. */
export const where = (condition: Value, a: Value, b: Value, scope?: string): Value =>
  applyOne(Where, [condition, a, b], null, scope);

function comparison(name: string): Op<null> {
  return {
    name,
    infer(inputs) {
      const a = required(inputs, 0);
      const b = required(inputs, 1);
      if (a.dtype !== b.dtype) throw new ShapeError(`${formatType(a)} and ${formatType(b)} have different types.`);
      return [{ dtype: 'bool', shape: broadcastShapes(a.shape, b.shape) }];
    },
  };
}
