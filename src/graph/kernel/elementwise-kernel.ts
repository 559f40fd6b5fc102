/**
 * Graphs of elementwise operators as one loop: every number is read and written once, where an engine that runs operator by
 * operator passes over memory for each.
 */
import { UsageError } from '../../errors.ts';
import type { Kernel } from '../../runtime/kernel.ts';
import { KERNEL_ARRAYS } from '../../runtime/kernel-memory.ts';
import { Add, Div, Max, Min, Mul, Sqrt, Sub } from '../ops/elementwise.ts';
import type { Node, Value } from '../value.ts';
import { reach } from '../walk.ts';
import { WASM, WASM_VECTOR_BYTES, wasmModule } from './wasm-module.ts';

/** The operators that a kernel can have, each an instruction. */
const INSTRUCTIONS: Readonly<Record<string, readonly number[]>> = {
  [Add.name]: WASM.add,
  [Sub.name]: WASM.sub,
  [Mul.name]: WASM.mul,
  [Div.name]: WASM.div,
  [Min.name]: WASM.min,
  [Max.name]: WASM.max,
  [Sqrt.name]: WASM.sqrt,
};

export const KERNEL_OPERATORS = Object.keys(INSTRUCTIONS);

/** A graph over inputs that are arrays of one open length, or single numbers of shape []. */
export interface KernelGraph {
  /** What becomes of arrays, by the names of their inputs. */
  readonly changed: Readonly<Record<string, Value>>;
  /** What is summed over all elements, in float64. */
  readonly sum?: Value;
}

/**
 * Compiles a graph to a loop that computes in float32, as the engine does.
 * @throws UsageError if it holds an operator that a kernel cannot have, changes what it does not take, or takes too many arrays.
 */
export function elementwiseKernel({ changed, sum }: KernelGraph): Kernel {
  const { inputs, nodes, constants } = reach([...Object.values(changed), ...(sum ? [sum] : [])]);
  const arrays = [...inputs.values()].filter(({ shape }) => shape.length > 0);
  const scalars = [...inputs.values()].filter(({ shape }) => shape.length === 0);
  const blocks = arrays.map(({ source }) => source.name);
  const stray = Object.keys(changed).filter((name) => !blocks.includes(name));
  if (stray.length > 0)
    throw new UsageError(`A kernel changes arrays that it takes; it does not take ${stray.join(', ')}.`);
  if (blocks.length > KERNEL_ARRAYS) {
    throw new UsageError(`A kernel takes ${KERNEL_ARRAYS} arrays at most, not ${blocks.length}.`);
  }
  const addressAt = 1;
  const scalarAt = addressAt + arrays.length;
  const at = scalarAt + scalars.length;
  const locals = new Map(
    [...scalars, ...constants, ...arrays, ...nodes.map(({ outputs }) => outputs[0] as Value)].map((value, index) => [
      value,
      at + 1 + index,
    ]),
  );
  // Inputs are the same where they have one name.
  const local = (value: Value): number =>
    locals.get(value.source.kind === 'input' ? (inputs.get(value.source.name) as Value) : value) as number;
  const get = (value: Value): number[] => WASM.localGet(local(value));
  const set = (value: Value): number[] => WASM.localSet(local(value));
  const address = (index: number): number[] => [
    ...WASM.localGet(addressAt + index),
    ...WASM.localGet(at),
    ...WASM.i32Add,
  ];
  const total = at + 1 + locals.size;
  const addToTotal = (half: readonly number[]): number[] => [
    ...WASM.localGet(total),
    ...half,
    ...WASM.promoteLow,
    ...WASM.addDouble,
    ...WASM.localSet(total),
  ];
  const body = [
    scalars.map((value, index) => [...WASM.localGet(scalarAt + index), ...WASM.splat, ...set(value)]),
    constants.map((value) => [...WASM.f32Const(numberOf(value)), ...WASM.splat, ...set(value)]),
    WASM.loop,
    arrays.map((value, index) => [...address(index), ...WASM.load, ...set(value)]),
    nodes.map((node) => [
      ...(node.inputs as Value[]).flatMap(get),
      ...instruction(node),
      ...set(node.outputs[0] as Value),
    ]),
    Object.entries(changed).map(([name, value]) => [...address(blocks.indexOf(name)), ...get(value), ...WASM.store]),
    sum ? [addToTotal(get(sum)), addToTotal([...get(sum), ...get(sum), ...WASM.upperHalf])] : [],
    [...WASM.localGet(at), ...WASM.i32Const(WASM_VECTOR_BYTES), ...WASM.i32Add, ...WASM.localSet(at)],
    [...WASM.localGet(at), ...WASM.localGet(0), ...WASM.i32Less, ...WASM.branchIf(0)],
    WASM.end,
    sum ? [0, 1].map((lane) => [...WASM.localGet(total), ...WASM.lane(lane)]) : [],
    sum ? WASM.f64Add : [],
  ].flat(2);
  return {
    bytes: wasmModule({
      integers: scalarAt,
      floats: scalars.length,
      vectors: locals.size + 1,
      returns: sum !== undefined,
      body,
    }),
    arrays: blocks,
    changed: Object.keys(changed),
    scalars: scalars.map(({ source }) => source.name),
  };
}

function instruction({ op, scope }: Node): readonly number[] {
  const found = INSTRUCTIONS[op.name];
  if (!found) {
    throw new UsageError(`${scope}: ${op.name} cannot be in a kernel. It takes ${KERNEL_OPERATORS.join(', ')}.`);
  }
  return found;
}

function numberOf({ source, shape }: Value): number {
  if (source.kind !== 'constant' || shape.length > 0)
    throw new UsageError('A kernel takes constants of shape [] only.');
  return Number(source.tensor.data[0]);
}
