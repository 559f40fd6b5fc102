/** The opcodes of Python's pickle, protocols 0 to 5, and what follows each in the stream. */

/**
 * The length of an opcode's argument: so many bytes, a line or two, or a count of this many bytes and then as many as it
 * says.
 */
export type Argument = number | 'line' | 'two lines' | 'count1' | 'count4' | 'count8';

export interface Opcode {
  readonly name: string;
  readonly argument: Argument;
}

/** Opcodes that the scan treats on their own. */
export const MARK = 0x28;
export const STOP = 0x2e;
export const POP = 0x30;
export const BUILD = 0x62;
export const DICT = 0x64;
export const LONG1 = 0x8a;
export const LONG4 = 0x8b;

/**
 * Every opcode that may occur, by its byte. Extension codes and out-of-band buffers refer to things outside the file and
 * are left out. Source: the documentation strings of CPython's Lib/pickletools.py.
 */
export const OPCODES: ReadonlyMap<number, Opcode> = new Map(
  (
    [
      [MARK, 'MARK', 0],
      [0x29, 'EMPTY_TUPLE', 0],
      [STOP, 'STOP', 0],
      [POP, 'POP', 0],
      [0x31, 'POP_MARK', 0],
      [0x32, 'DUP', 0],
      [0x42, 'BINBYTES', 'count4'],
      [0x43, 'SHORT_BINBYTES', 'count1'],
      [0x46, 'FLOAT', 'line'],
      [0x47, 'BINFLOAT', 8],
      [0x49, 'INT', 'line'],
      [0x4a, 'BININT', 4],
      [0x4b, 'BININT1', 1],
      [0x4c, 'LONG', 'line'],
      [0x4d, 'BININT2', 2],
      [0x4e, 'NONE', 0],
      [0x50, 'PERSID', 'line'],
      [0x51, 'BINPERSID', 0],
      [0x52, 'REDUCE', 0],
      [0x53, 'STRING', 'line'],
      [0x54, 'BINSTRING', 'count4'],
      [0x55, 'SHORT_BINSTRING', 'count1'],
      [0x56, 'UNICODE', 'line'],
      [0x58, 'BINUNICODE', 'count4'],
      [0x5d, 'EMPTY_LIST', 0],
      [0x61, 'APPEND', 0],
      [BUILD, 'BUILD', 0],
      [0x63, 'GLOBAL', 'two lines'],
      [DICT, 'DICT', 0],
      [0x65, 'APPENDS', 0],
      [0x67, 'GET', 'line'],
      [0x68, 'BINGET', 1],
      [0x69, 'INST', 'two lines'],
      [0x6a, 'LONG_BINGET', 4],
      [0x6c, 'LIST', 0],
      [0x6f, 'OBJ', 0],
      [0x70, 'PUT', 'line'],
      [0x71, 'BINPUT', 1],
      [0x72, 'LONG_BINPUT', 4],
      [0x73, 'SETITEM', 0],
      [0x74, 'TUPLE', 0],
      [0x75, 'SETITEMS', 0],
      [0x7d, 'EMPTY_DICT', 0],
      [0x80, 'PROTO', 1],
      [0x81, 'NEWOBJ', 0],
      [0x85, 'TUPLE1', 0],
      [0x86, 'TUPLE2', 0],
      [0x87, 'TUPLE3', 0],
      [0x88, 'NEWTRUE', 0],
      [0x89, 'NEWFALSE', 0],
      [LONG1, 'LONG1', 'count1'],
      [LONG4, 'LONG4', 'count4'],
      [0x8c, 'SHORT_BINUNICODE', 'count1'],
      [0x8d, 'BINUNICODE8', 'count8'],
      [0x8e, 'BINBYTES8', 'count8'],
      [0x8f, 'EMPTY_SET', 0],
      [0x90, 'ADDITEMS', 0],
      [0x91, 'FROZENSET', 0],
      [0x92, 'NEWOBJ_EX', 0],
      [0x93, 'STACK_GLOBAL', 0],
      [0x94, 'MEMOIZE', 0],
      [0x95, 'FRAME', 8],
      [0x96, 'BYTEARRAY8', 'count8'],
    ] as const
  ).map(([code, name, argument]) => [code, { name, argument }]),
);
