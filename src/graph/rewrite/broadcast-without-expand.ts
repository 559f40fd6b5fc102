/** A value that is stretched only to enter a broadcasting operator enters it as it is. */
import { sameShape } from '../../tensor/shape.ts';
import { broadcastShapes } from '../ops/broadcast.ts';
import { Where } from '../ops/comparison.ts';
import { Add, Div, Mul, Sub } from '../ops/elementwise.ts';
import { Expand } from '../ops/shape.ts';
import { applyOne, type Value } from '../value.ts';
import { producer, type Rewrite } from './rewrite.ts';

/** The operators, and which of their inputs broadcast. */
const BROADCASTING: ReadonlySet<string> = new Set([Add, Sub, Mul, Div, Where].map(({ name }) => name));

export const broadcastWithoutExpand: Rewrite = {
  name: 'broadcast-without-expand',
  apply({ op, inputs, attributes, outputs, scope }) {
    if (!BROADCASTING.has(op.name)) return null;
    const [{ shape }] = outputs as readonly [Value];
    let current = inputs as readonly Value[];
    for (const index of inputs.keys()) {
      const small = producer(current[index], Expand.name)?.inputs[0];
      if (!small) continue;
      const others = current.with(index, small);
      // Where all inputs were stretched, one has to stay.
      if (sameShape(others.map((value) => value.shape).reduce(broadcastShapes), shape)) current = others;
    }
    return current === inputs ? null : [applyOne(op, current, attributes, scope)];
  },
};
