/**
 * The bytes of a small WebAssembly module (WebAssembly Core Specification 2.0, binary format): one function that
 * walks over an imported memory in steps of four float32 numbers.
 */

/** Instructions, each with its immediate operands. */
export const WASM = {
  localGet: (index: number): number[] => [0x20, ...unsigned(index)],
  localSet: (index: number): number[] => [0x21, ...unsigned(index)],
  loop: [0x03, 0x40],
  branchIf: (depth: number): number[] => [0x0d, ...unsigned(depth)],
  end: [0x0b],
  i32Const: (value: number): number[] => [0x41, ...signed(value)],
  i32Add: [0x6a],
  i32Less: [0x49],
  f32Const: (value: number): number[] => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)],
  f64Add: [0xa0],
  load: vector(0x00, [4, 0]),
  store: vector(0x0b, [4, 0]),
  splat: vector(0x13),
  sqrt: vector(0xe3),
  add: vector(0xe4),
  sub: vector(0xe5),
  mul: vector(0xe6),
  div: vector(0xe7),
  min: vector(0xe8),
  max: vector(0xe9),
  /** Takes the last two numbers of the first of two vectors of float32. */
  upperHalf: vector(0x0d, [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]),
  /** The first two float32 numbers as float64. */
  promoteLow: vector(0x5f),
  addDouble: vector(0xf0),
  lane: (index: number): number[] => vector(0x21, [index]),
} as const satisfies Record<string, readonly number[] | ((value: number) => number[])>;

export interface WasmFunction {
  /** How many i32 parameters there are. */
  readonly integers: number;
  /** How many f32 parameters follow them. */
  readonly floats: number;
  /** How many v128 locals follow the parameters and one i32. */
  readonly vectors: number;
  /** Whether it returns an f64. */
  readonly returns: boolean;
  readonly body: readonly number[];
}

/** Bytes of a v128. */
export const WASM_VECTOR_BYTES = 16;

const I32 = 0x7f;
const F32 = 0x7d;
const F64 = 0x7c;
const V128 = 0x7b;

/** A module that imports `host.memory` and exports the function as `run`. */
export function wasmModule({ integers, floats, vectors, returns, body }: WasmFunction): Uint8Array<ArrayBuffer> {
  const type = [
    0x60,
    ...list([...Array.from({ length: integers }, () => [I32]), ...Array.from({ length: floats }, () => [F32])]),
    ...list(returns ? [[F64]] : []),
  ];
  const locals = list([
    [1, I32],
    [...unsigned(vectors), V128],
  ]);
  const code = [...locals, ...body, ...WASM.end];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d],
    ...[0x01, 0x00, 0x00, 0x00],
    ...section(1, list([type])),
    ...section(2, list([[...text('host'), ...text('memory'), 0x02, 0x00, 0]])),
    ...section(3, list([[0]])),
    ...section(7, list([[...text('run'), 0x00, 0]])),
    ...section(10, list([[...unsigned(code.length), ...code]])),
  ]);
}

const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];

const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];

const text = (ascii: string): number[] => list([...ascii].map((letter) => [letter.charCodeAt(0)]));

function vector(opcode: number, immediate: readonly number[] = []): number[] {
  return [0xfd, ...unsigned(opcode), ...immediate];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}
