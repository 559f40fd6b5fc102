/** Operators that ONNX does not have become others that it has. */
import { type Value, within } from '../value.ts';
import { type Outputs, type Rewrite, rewrite } from './rewrite.ts';

const decomposition: Rewrite = {
  name: 'decompose',
  apply({ op, inputs, attributes, scope }) {
    return op.decompose ? [within(scope, () => op.decompose?.(inputs, attributes) as Value)] : null;
  },
};

/** The outputs in operators of ONNX alone. */
export const decompose = <T extends Outputs>(outputs: T): T => rewrite(outputs, decomposition);
