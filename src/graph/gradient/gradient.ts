/** Reverse-mode differentiation: the graph of a gradient, in the same operators as the graph it is taken of. */
import { RefineNetError, ShapeError, UsageError } from '../../errors.ts';
import { elementCount, formatShape, sameShape } from '../../tensor/shape.ts';
import { float32 } from '../../tensor/tensor.ts';
import { isStatic } from '../dimension.ts';
import { add } from '../ops/elementwise.ts';
import { reduceSum } from '../ops/reduction.ts';
import { expand, reshape } from '../ops/shape.ts';
import { constant, formatType, knownShape, type Node, required, type Value, within } from '../value.ts';
import { reach } from '../walk.ts';
import type { GradientRules, VjpContext } from './rule.ts';
import { ruleOf } from './rules/index.ts';

/**
 * The gradients of `output` with respect to each of `wrt`, each of its target's shape. Targets may be inputs, parameters
 * (known by their names) or anything that a node gave; a target that the output does not depend on has the gradient zero.
 * @param upstream the gradient of something else with respect to `output`, of its shape; 1 when left out, for an output
 * of one element.
 * @param rules of operators in place of their own.
 * @throws ShapeError if an extent is open where a gradient is taken, or the upstream gradient does not fit.
 * @throws UsageError if a gradient would have to pass through an operator that has none.
 */
export function gradient(
  output: Value,
  wrt: readonly Value[],
  upstream?: Value,
  rules: Partial<GradientRules> = {},
): readonly Value[] {
  checkTypes(output, wrt, upstream);
  const { nodes } = reach([output]);
  const varying = reachedFrom(wrt, nodes);
  const gradients = new Map<unknown, Value>([[identity(output), upstream ?? ones(output)]]);

  for (const node of nodes.toReversed()) {
    const [first, ...others] = node.outputs.map((value) => gradients.get(identity(value)));
    const wanted = node.inputs.map((value) => value !== null && varying.has(identity(value)));
    if (others.some((value) => value)) throw cannot(node, 'has a gradient rule for its first output only');
    if (!first || ruleOf(node.op) === 'none' || !wanted.includes(true)) continue;
    for (const [index, value] of applyRule(node, first, wanted, rules).entries()) {
      const target = node.inputs[index];
      if (!value || !target || !wanted[index]) continue;
      const name = gradientScope(node);
      const fitted = sumTo(value, knownShape(target), name);
      const sum = gradients.get(identity(target));
      gradients.set(identity(target), sum ? add(sum, fitted, name) : fitted);
    }
  }
  return wrt.map((target) => gradients.get(identity(target)) ?? zeros(target));
}

/** Inputs and parameters are the same where their names are; other values where they are the same object. */
function identity(value: Value): unknown {
  const { source } = value;
  return source.kind === 'input' || source.kind === 'parameter' ? `${source.kind} ${source.name}` : value;
}

/** The targets and everything that varies with them. */
function reachedFrom(targets: readonly Value[], nodes: readonly Node[]): ReadonlySet<unknown> {
  const varying = new Set(targets.map(identity));
  for (const { op, inputs, outputs } of nodes) {
    if (ruleOf(op) === 'none' || !inputs.some((value) => value && varying.has(identity(value)))) continue;
    for (const value of outputs) varying.add(identity(value));
  }
  return varying;
}

function applyRule(
  node: Node,
  gradient: Value,
  wanted: readonly boolean[],
  rules: Partial<GradientRules>,
): readonly (Value | null)[] {
  const { op, inputs, outputs, attributes } = node;
  const rule = ruleOf(op, rules);
  if (typeof rule !== 'function') throw cannot(node, 'has no gradient');
  const open = [...inputs, ...outputs].filter((value) => value && !isStatic(value.shape)) as Value[];
  if (open.length > 0) {
    const shapes = open.map(({ shape }) => formatShape(shape)).join(', ');
    throw new ShapeError(
      `${where(node)}: a gradient needs known extents, got ${shapes}. Give the graph's inputs fixed sizes.`,
    );
  }
  const context: VjpContext = {
    attributes,
    gradient,
    output: outputs[0] as Value,
    outputs,
    inputs,
    input: (index) => required(inputs, index),
    wants: (index) => wanted[index] ?? false,
  };
  try {
    return within(gradientScope(node), () => rule(context));
  } catch (error) {
    if (!(error instanceof RefineNetError)) throw error;
    throw new UsageError(`${where(node)}: ${error.message}`, { cause: error });
  }
}

/** Undoes broadcasting: sums over the axes along which a value of `shape` was stretched. */
function sumTo(value: Value, shape: readonly number[], scope: string): Value {
  const from = knownShape(value);
  if (sameShape(from, shape)) return value;
  const added = from.length - shape.length;
  const axes = from.flatMap((extent, axis) => (axis < added || shape[axis - added] !== extent ? [axis] : []));
  return reshape(reduceSum(value, axes, scope), shape, scope);
}

function checkTypes(output: Value, wrt: readonly Value[], upstream: Value | undefined): void {
  for (const value of [output, ...wrt]) {
    if (!value.dtype.startsWith('float')) {
      throw new UsageError(`A gradient is taken between floating-point values, got ${formatType(value)}.`);
    }
    if (!isStatic(value.shape)) {
      throw new ShapeError(
        `A gradient needs known extents, got ${formatType(value)}. Give the graph's inputs fixed sizes.`,
      );
    }
  }
  if (!upstream && elementCount(knownShape(output)) !== 1) {
    throw new ShapeError(
      `The gradient of ${formatType(output)} needs an upstream gradient: only an output of one element has the default 1.`,
    );
  }
  if (upstream && (!sameShape(upstream.shape, output.shape) || upstream.dtype !== output.dtype)) {
    throw new ShapeError(`The upstream gradient of ${formatType(output)} must be alike, got ${formatType(upstream)}.`);
  }
}

const ones = (like: Value): Value => constant(float32(knownShape(like), [1]));
const zeros = (like: Value): Value => expand(constant(float32([], [0])), knownShape(like));

const where = (node: Node): string => (node.scope ? `${node.scope} (${node.op.name})` : node.op.name);

/** The name under which a node's gradient is found in an exported model and in profiles. */
const gradientScope = (node: Node): string => `gradient/${node.scope || node.op.name}`;

function cannot(node: Node, what: string): UsageError {
  return new UsageError(
    `${where(node)}: the operator ${node.op.name} ${what}, and the output depends on a target through it.`,
  );
}
