/** What a gradient rule is, and the table that has one for every operator. */
import type { Op, Value } from '../value.ts';
import type { OPERATORS, OperatorName } from './operators.ts';

/** What a gradient rule works with. All extents are known numbers. */
export interface VjpContext<Attributes = unknown> {
  readonly attributes: Attributes;
  /** The gradient of the first output, of its shape. */
  readonly gradient: Value;
  /** The first output. */
  readonly output: Value;
  readonly outputs: readonly Value[];
  readonly inputs: readonly (Value | null)[];
  /** The input at a position that is not left out. */
  input(index: number): Value;
  /** Whether the input's gradient is asked for; what is not need not be built. */
  wants(index: number): boolean;
}

/**
 * The vector-Jacobian product of an operator, in standard operators: from the gradient of its first output to the gradients of
 * its inputs, in their order; null where there is none or it was not asked for, and the last ones may be left out. Where an
 * input was broadcast, the rule may give a gradient of the output's extents: `gradient` sums it to the input's.
 */
export type VjpRule<Attributes> = (context: VjpContext<Attributes>) => readonly (Value | null)[];

/**
 * How the gradient passes backwards through an operator. A rule: as it says. `none`: the outputs do not vary with the inputs,
 * or only in jumps (extents, comparisons), so no gradient passes and none is missed. `forbidden`: asking for a gradient through
 * this operator is a mistake, which `gradient` reports.
 */
export type GradientRule<Attributes> = VjpRule<Attributes> | 'none' | 'forbidden';

type AttributesOf<Operator> = Operator extends Op<infer Attributes> ? Attributes : never;

/** One entry for every operator: leaving one out does not compile. */
export type GradientRules = {
  readonly [Name in OperatorName]: GradientRule<AttributesOf<(typeof OPERATORS)[Name]>>;
};
