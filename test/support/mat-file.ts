/** Writes MAT files of level 5, from "MAT-File Format" of MathWorks, for tests. */
import { zlibSync } from 'fflate';

export type Value =
  | { readonly numbers: readonly number[]; readonly dimensions: readonly number[]; readonly type?: NumberType }
  | string
  | { readonly cells: readonly Value[] }
  | { readonly structs: readonly Readonly<Record<string, Value>>[] };

export type NumberType =
  | 'double'
  | 'single'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'logical';

interface Stored {
  readonly classNumber: number;
  readonly type: number;
  readonly bytes: number;
  readonly set: (view: DataView, at: number, value: number, little: boolean) => void;
}

const STORED: Readonly<Record<NumberType, Stored>> = {
  double: { classNumber: 6, type: 9, bytes: 8, set: (view, at, value, little) => view.setFloat64(at, value, little) },
  single: { classNumber: 7, type: 7, bytes: 4, set: (view, at, value, little) => view.setFloat32(at, value, little) },
  int8: { classNumber: 8, type: 1, bytes: 1, set: (view, at, value) => view.setInt8(at, value) },
  uint8: { classNumber: 9, type: 2, bytes: 1, set: (view, at, value) => view.setUint8(at, value) },
  logical: { classNumber: 9, type: 2, bytes: 1, set: (view, at, value) => view.setUint8(at, value) },
  int16: { classNumber: 10, type: 3, bytes: 2, set: (view, at, value, little) => view.setInt16(at, value, little) },
  uint16: { classNumber: 11, type: 4, bytes: 2, set: (view, at, value, little) => view.setUint16(at, value, little) },
  int32: { classNumber: 12, type: 5, bytes: 4, set: (view, at, value, little) => view.setInt32(at, value, little) },
  uint32: { classNumber: 13, type: 6, bytes: 4, set: (view, at, value, little) => view.setUint32(at, value, little) },
  int64: {
    classNumber: 14,
    type: 12,
    bytes: 8,
    set: (view, at, value, little) => view.setBigInt64(at, BigInt(value), little),
  },
};

export interface MatOptions {
  readonly isCompressed?: boolean;
  readonly isBigEndian?: boolean;
}

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

function numbers(type: NumberType, values: readonly number[], little: boolean): Uint8Array {
  const { bytes, set } = STORED[type];
  const data = new Uint8Array(values.length * bytes);
  for (const [index, value] of values.entries()) set(new DataView(data.buffer), index * bytes, value, little);
  return data;
}

export function element(type: number, data: Uint8Array, little = true): Uint8Array {
  const padding = type === 15 ? 0 : (8 - (data.length % 8)) % 8;
  return join([numbers('uint32', [type, data.length], little), data, new Uint8Array(padding)]);
}

/** An element of at most four bytes, within its tag. */
function smallElement(type: number, data: Uint8Array, little: boolean): Uint8Array {
  return join([numbers('uint32', [(data.length << 16) | type], little), data, new Uint8Array(4 - data.length)]);
}

function matrix(name: string, value: Value, little: boolean): Uint8Array {
  const head = (classNumber: number, dimensions: readonly number[], flags = 0) => [
    element(6, numbers('uint32', [classNumber | flags, 0], little), little),
    element(5, numbers('int32', dimensions, little), little),
    name.length > 0 && name.length <= 4 ? smallElement(1, ascii(name), little) : element(1, ascii(name), little),
  ];
  const nested = (inner: Value) => matrix('', inner, little);
  if (typeof value === 'string') {
    const codes = [...value].map((letter) => letter.charCodeAt(0));
    return element(
      14,
      join([...head(4, [1, value.length]), element(4, numbers('uint16', codes, little), little)]),
      little,
    );
  }
  if ('cells' in value)
    return element(14, join([...head(1, [1, value.cells.length]), ...value.cells.map(nested)]), little);
  if ('structs' in value) {
    const fields = Object.keys(value.structs[0] ?? { none: 0 });
    const names = fields.map((field) => join([ascii(field), new Uint8Array(32 - field.length)]));
    const parts = [
      ...head(2, [1, value.structs.length]),
      smallElement(5, numbers('int32', [32], little), little),
      element(1, join(names), little),
      ...value.structs.flatMap((each) => fields.map((field) => nested(each[field] as Value))),
    ];
    return element(14, join(parts), little);
  }
  const { numbers: values, dimensions, type = 'double' } = value;
  const { classNumber, type: stored } = STORED[type];
  const data = numbers(type, values, little);
  const flags = type === 'logical' ? 0x200 : 0;
  return element(14, join([...head(classNumber, dimensions, flags), element(stored, data, little)]), little);
}

/** A file with elements as they are given. */
export function matOf(elements: readonly Uint8Array[], isBigEndian = false): Uint8Array {
  const text = ascii('MATLAB 5.0 MAT-file, drawn for a test'.padEnd(116, ' '));
  const end = isBigEndian ? [1, 0, 0x4d, 0x49] : [0, 1, 0x49, 0x4d];
  return join([text, new Uint8Array(8), Uint8Array.from(end), ...elements]);
}

export function matFile(
  variables: Readonly<Record<string, Value>>,
  { isCompressed = false, isBigEndian = false }: MatOptions = {},
): Uint8Array {
  const elements = Object.entries(variables).map(([name, value]) => {
    const plain = matrix(name, value, !isBigEndian);
    return isCompressed ? element(15, zlibSync(plain), !isBigEndian) : plain;
  });
  return matOf(elements, isBigEndian);
}

/** A matrix whose numbers are given row after row. */
export function rows(width: number, data: ArrayLike<number>, type: NumberType = 'uint8'): Value {
  const height = data.length / width;
  const numbersDown = Array.from(
    { length: data.length },
    (_, index) => data[(index % height) * width + Math.floor(index / height)] as number,
  );
  return { numbers: numbersDown, dimensions: [height, width], type };
}
