/** The gradient rule of every operator. */
import type { Op } from '../../value.ts';
import { OPERATORS, type OperatorName } from '../operators.ts';
import type { GradientRule, GradientRules } from '../rule.ts';
import { elementwise } from './elementwise.ts';
import { gather } from './gather.ts';
import { normalization } from './normalization.ts';
import { pool } from './pool.ts';
import { product } from './product.ts';
import { reduction } from './reduction.ts';
import { structure } from './structure.ts';

export const RULES: GradientRules = {
  ...elementwise,
  ...product,
  ...pool,
  ...normalization,
  ...reduction,
  ...structure,
  ...gather,

  Equal: 'none',
  Greater: 'none',
  GreaterOrEqual: 'none',
  Less: 'none',
  And: 'none',
  Not: 'none',
  Floor: 'none',
  Shape: 'none',
  StopGradient: 'none',

  /** The position of a maximum is no number to differentiate. */
  ArgMax: 'forbidden',
  /** Only between open extents, which no gradient has. */
  CropPlane: 'forbidden',
  /** Only graphs that have their gradients already are rewritten to these. */
  HardSigmoid: 'forbidden',
  QuantizeLinear: 'forbidden',
  DequantizeLinear: 'forbidden',
  /** Gradients are taken once. */
  ConvTranspose: 'forbidden',
  Split: 'forbidden',
  ConvInputGradient: 'forbidden',
  ConvWeightGradient: 'forbidden',
  MaxPoolGradient: 'forbidden',
};

const NAMES: ReadonlyMap<Op, OperatorName> = new Map(
  Object.entries(OPERATORS).map(([name, op]) => [op as Op, name as OperatorName]),
);

/** The rule of an operator; that of one which is not in the table is forbidden. @param others in place of those of the table. */
export function ruleOf(op: Op, others: Partial<GradientRules> = {}): GradientRule<unknown> {
  const name = NAMES.get(op);
  return name === undefined ? 'forbidden' : ((others[name] ?? RULES[name]) as GradientRule<unknown>);
}
