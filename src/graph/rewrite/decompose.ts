/** Operators that ONNX does not have become others that it has. */
import { type Op, type Value, within } from '../value.ts';
import { type Outputs, rewrite } from './rewrite.ts';

/** An operator in other operators. Inputs that it always has are given as values. */
type Form<Attributes> = (inputs: readonly [Value, Value, Value], attributes: Attributes) => Value;

/** Forms by their operators. */
export type Forms = ReadonlyMap<Op, Form<unknown>>;

/** An entry of `Forms`. */
export const form = <Attributes>(op: Op<Attributes>, as: Form<Attributes>): readonly [Op, Form<unknown>] => [
  op as Op,
  as as Form<unknown>,
];

/** The outputs in operators of ONNX alone. @param forms in place of the operators' own. */
export const decompose = <T extends Outputs>(outputs: T, forms: Forms = new Map()): T =>
  rewrite(outputs, {
    name: 'decompose',
    apply({ op, inputs, attributes, scope }) {
      const as = (forms.get(op) ?? op.decompose) as Form<unknown> | undefined;
      return as ? [within(scope, () => as(inputs as Parameters<typeof as>[0], attributes))] : null;
    },
  });
