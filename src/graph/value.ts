/**
 * The graph: immutable values, each knowing how it was made. A graph is what its outputs reach; there is no graph object
 * to add nodes to.
 */
import { RefineNetError, ShapeError } from '../errors.ts';
import type { Attribute } from '../onnx/model.ts';
import { formatShape } from '../tensor/shape.ts';
import type { DataType, Tensor } from '../tensor/tensor.ts';
import { type Dimension, isStatic } from './dimension.ts';

/** Extents of a value; strings are open until the graph runs. */
export type Shape = readonly Dimension[];

/** What is known of a tensor before a graph runs. */
export interface ValueType {
  readonly dtype: DataType;
  readonly shape: Shape;
}

/** How fresh weights are drawn: the distribution of one parameter. */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly std: number }
  | { readonly kind: 'uniform'; readonly bound: number };

/** Where a value comes from. */
export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly initializer: Initializer }
  | { readonly kind: 'constant'; readonly tensor: Tensor }
  | { readonly kind: 'node'; readonly node: Node; readonly index: number };

/** A tensor as a graph knows it: by its type and by where it comes from. */
export interface Value extends ValueType {
  readonly source: Source;
}

/** A named weight: a value whose numbers come from a state dict. */
export interface Parameter extends Value {
  readonly source: Extract<Source, { kind: 'parameter' }>;
  readonly shape: readonly number[];
}

/** A value that is fed at each run. */
export interface Input extends Value {
  readonly source: Extract<Source, { kind: 'input' }>;
}

/** One application of an operator. A null input is an optional one left out. */
export interface Node {
  readonly op: Op;
  readonly inputs: readonly (Value | null)[];
  readonly attributes: unknown;
  /** Where in the network this happens, for example `encoder.layer1.0.conv1`. */
  readonly scope: string;
  readonly outputs: readonly Value[];
}

/**
 * An operator, named as in ONNX. Its attributes are numbers, strings, booleans, and lists and records of them. `infer` gives the outputs' types or throws a ShapeError that says what does not fit
 * (the scope is added by `apply`).
 */
export interface Op<Attributes = unknown> {
  readonly name: string;
  infer(inputs: readonly (Value | null)[], attributes: Attributes): readonly ValueType[];
  /**
   * For what ONNX has no operator for: the same in other operators, which take its place when a graph becomes ONNX. Until
   * then a rewrite may choose another form.
   */
  decompose?(inputs: readonly (Value | null)[], attributes: Attributes): Value;
  /** The ONNX attributes; none when left out. */
  onnxAttributes?(attributes: Attributes, inputs: readonly (Value | null)[]): Record<string, Attribute>;
  /** Multiply-adds of one application whose extents are all known; 0 when left out. */
  multiplyAdds?(inputs: readonly (Value | null)[], outputs: readonly Value[], attributes: Attributes): number;
}

/** The extents of a value that are all known, as they are wherever a gradient is taken. */
export function knownShape({ shape }: ValueType): readonly number[] {
  if (!isStatic(shape)) throw new ShapeError(`all extents must be known here, got ${formatShape(shape)}.`);
  return shape;
}

/** A graph input, fed at each run. */
export function input(name: string, dtype: DataType, shape: Shape): Input {
  return { dtype, shape, source: { kind: 'input', name } };
}

/** A named weight. */
export function parameter(name: string, shape: readonly number[], initializer: Initializer): Parameter {
  return { dtype: 'float32', shape, source: { kind: 'parameter', name, initializer } };
}

/** Fixed numbers inside the graph. */
export function constant(tensor: Tensor): Value {
  return { dtype: tensor.dtype, shape: tensor.shape, source: { kind: 'constant', tensor } };
}

/**
 * Applies an operator and returns its outputs.
 * @param scope where in the network this happens; without it, the scope that `within` gave, else that of the first
 * parameter or producer.
 * @throws ShapeError, prefixed with the scope, if the inputs do not fit the operator.
 */
export function apply<Attributes>(
  op: Op<Attributes>,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
  scope: string = commonScope ?? scopeOf(inputs),
): readonly Value[] {
  let types: readonly ValueType[];
  try {
    types = op.infer(inputs, attributes);
  } catch (error) {
    if (!(error instanceof RefineNetError)) throw error;
    throw new ShapeError(`${scope || op.name}: ${error.message}`, { cause: error });
  }
  const outputs: Value[] = [];
  const node: Node = { op: op as Op, inputs, attributes, scope, outputs };
  types.forEach((type, index) => {
    outputs.push({ ...type, source: { kind: 'node', node, index } });
  });
  return outputs;
}

/** Applies an operator that has one output. */
export function applyOne<Attributes>(
  op: Op<Attributes>,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
  scope?: string,
): Value {
  return apply(op, inputs, attributes, scope)[0] as Value;
}

/** The scope of everything that is applied inside `within`. */
let commonScope: string | undefined;

/** What `build` returns; operators that it applies without a scope get this one. */
export function within<T>(scope: string, build: () => T): T {
  const outer = commonScope;
  commonScope = scope;
  try {
    return build();
  } finally {
    commonScope = outer;
  }
}

/** A value's type as people write it: `float32 [1, 3, height, width]`. */
export function formatType({ dtype, shape }: ValueType): string {
  return `${dtype} ${formatShape(shape)}`;
}

/** The input at a position that may not be left out. */
export function required(inputs: readonly (Value | null)[], index: number): Value {
  const value = inputs[index];
  if (!value) throw new ShapeError(`input ${index} is missing.`);
  return value;
}

function scopeOf(inputs: readonly (Value | null)[]): string {
  for (const value of inputs) {
    if (value?.source.kind === 'parameter') return value.source.name.replace(/\.[^.]*$/, '');
  }
  for (const value of inputs) {
    if (value?.source.kind === 'node' && value.source.node.scope) return value.source.node.scope;
  }
  return '';
}
