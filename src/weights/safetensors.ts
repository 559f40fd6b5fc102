/**
 * The safetensors format: the length of a JSON header as an unsigned 64-bit number, the header, then every tensor's
 * numbers without gaps, little-endian and row-major.
 */
import { FormatError, messageOf, UsageError } from '../errors.ts';
import { isRecord } from '../json-values.ts';
import { SAFETENSORS_HEADER_BYTES } from '../limits.ts';
import { formatShape } from '../tensor/shape.ts';
import { BYTES_PER_ELEMENT, bytesOf, type DataType, type Tensor, tensor, tensorFromBytes } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';
import { bfloat16ToFloat32 } from './bfloat16.ts';
import { findDuplicateKey } from './duplicate-key.ts';
import { checkedElementCount } from './extents.ts';
import { listNames, listProblems } from './problems.ts';

const LENGTH_BYTES = 8;
const METADATA_KEY = '__metadata__';

const DTYPE_NAMES: Readonly<Record<DataType, string>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
};

type StoredType = DataType | 'bfloat16';

const DTYPES: ReadonlyMap<unknown, StoredType> = new Map<unknown, StoredType>([
  ...Object.entries(DTYPE_NAMES).map(([dtype, name]) => [name, dtype as DataType] as const),
  ['BF16', 'bfloat16'],
]);

/** What a safetensors file holds: the tensors and the free-form texts beside them. */
export interface Safetensors {
  readonly weights: Weights;
  readonly metadata: ReadonlyMap<string, string>;
}

interface Entry {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Where a tensor of a safetensors file lies. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Bytes from the file's beginning. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** What the header of a safetensors file says. */
export interface SafetensorsLayout {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a safetensors file. Tensors come in the header's order and share the memory of `bytes`, except BF16 ones, which
 * are widened to float32 without loss, and those a foreign writer did not align.
 * @throws FormatError as `readSafetensorsLayout` does.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { entries, metadata } = readSafetensorsLayout(bytes, bytes.length);
  return { weights: new Map(entries.map((entry) => [entry.name, viewEntry(entry, bytes)])), metadata };
}

/** The bytes from the file's beginning that `readSafetensorsLayout` needs, from its first 8. */
export function safetensorsHeaderEnd(first8: Uint8Array, fileLength: number): number {
  return LENGTH_BYTES + readHeaderLength(first8, fileLength);
}

/**
 * Reads only the header of a safetensors file, for engines that map the numbers themselves.
 * @param head the file's beginning, at least up to `safetensorsHeaderEnd`.
 * @throws FormatError listing all that is wrong: a header that is too long, no JSON object or with a key twice; unknown
 * types; shapes that disagree with their spans; overlaps, holes and bytes that no tensor covers.
 */
export function readSafetensorsLayout(head: Uint8Array, fileLength: number): SafetensorsLayout {
  const dataStart = safetensorsHeaderEnd(head, fileLength);
  const dataLength = fileLength - dataStart;
  const header = parseHeader(head.subarray(LENGTH_BYTES, dataStart));
  const problems: string[] = [];
  const metadata = readMetadata(header.get(METADATA_KEY), problems);
  const entries: Entry[] = [];
  for (const [name, value] of header) {
    if (name === METADATA_KEY) continue;
    const entry = readEntry(name, value, dataLength);
    if (typeof entry === 'string') problems.push(`${JSON.stringify(name)}: ${entry}`);
    else entries.push(entry);
  }
  if (problems.length === 0) problems.push(...findGaps(entries, dataLength));
  if (problems.length > 0) throw new FormatError(listProblems('safetensors: the header does not hold.', problems));
  return {
    entries: entries.map(({ begin, end, ...entry }) => ({ ...entry, offset: dataStart + begin, length: end - begin })),
    metadata,
  };
}

/**
 * The bytes of a safetensors file as a list of chunks to write one after another: the header, then each tensor's own
 * memory, so that nothing is copied. The header keeps the map's order; the numbers are laid out by falling element size
 * so that every tensor is aligned. Equal input gives equal bytes.
 * @throws UsageError if a tensor is named `__metadata__`, which the format keeps for itself.
 */
export function writeSafetensors(weights: Weights, metadata?: ReadonlyMap<string, string>): Uint8Array[] {
  if (weights.has(METADATA_KEY)) {
    throw new UsageError(`safetensors: no tensor can be named "${METADATA_KEY}". Rename it.`);
  }
  const laidOut = [...weights.entries()].sort(
    ([, a], [, b]) => BYTES_PER_ELEMENT[b.dtype] - BYTES_PER_ELEMENT[a.dtype],
  );
  const offsets = new Map<string, [number, number]>();
  let end = 0;
  for (const [name, { data }] of laidOut) {
    const begin = end;
    end += data.byteLength;
    offsets.set(name, [begin, end]);
  }

  // Built from text: an object literal would lose a tensor named `__proto__` and reorder those named by numbers.
  const members = [...weights].map(([name, { dtype, shape }]) =>
    member(name, { dtype: DTYPE_NAMES[dtype], shape, data_offsets: offsets.get(name) }),
  );
  if (metadata !== undefined && metadata.size > 0) {
    const texts = [...metadata].map(([key, text]) => member(key, text));
    members.unshift(`${JSON.stringify(METADATA_KEY)}:{${texts.join(',')}}`);
  }
  return [encodeHeader(`{${members.join(',')}}`), ...laidOut.map(([, value]) => bytesOf(value))];
}

function member(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function encodeHeader(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES;
  const chunk = new Uint8Array(LENGTH_BYTES + padded).fill(0x20);
  new DataView(chunk.buffer).setBigUint64(0, BigInt(padded), true);
  chunk.set(text, LENGTH_BYTES);
  return chunk;
}

function readHeaderLength(bytes: Uint8Array, fileLength: number): number {
  if (bytes.length < LENGTH_BYTES) {
    throw new FormatError(
      `safetensors: the file ends within its first ${LENGTH_BYTES} bytes (it has ${fileLength}). Fetch the file again.`,
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > SAFETENSORS_HEADER_BYTES) {
    throw new FormatError(
      `safetensors: the header claims ${length} bytes, more than the ${SAFETENSORS_HEADER_BYTES} the format allows. This is another kind of file, or a damaged one.`,
    );
  }
  if (length > fileLength - LENGTH_BYTES) {
    throw new FormatError(
      `safetensors: the header claims ${length} bytes, but ${fileLength - LENGTH_BYTES} follow. The file is cut short; fetch it again.`,
    );
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array): Map<string, unknown> {
  let header: unknown;
  let json: string;
  try {
    if (bytes[0] !== 0x7b) throw new Error('it does not begin with {');
    json = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(json);
  } catch (error) {
    throw new FormatError(`safetensors: the header is no JSON object (${messageOf(error)}). Fetch the file again.`);
  }
  const duplicate = findDuplicateKey(json);
  if (duplicate !== undefined) {
    throw new FormatError(
      `safetensors: the header has the key ${listNames([duplicate])} twice, so which tensor is meant is open. Write the file again.`,
    );
  }
  return new Map(Object.entries(header as object));
}

function readMetadata(value: unknown, problems: string[]): Map<string, string> {
  if (value === undefined) return new Map();
  if (!isRecord(value)) {
    problems.push(`"${METADATA_KEY}": is no object of texts`);
    return new Map();
  }
  const entries = Object.entries(value);
  const wrong = entries.filter(([, text]) => typeof text !== 'string').map(([key]) => key);
  if (wrong.length > 0) problems.push(`"${METADATA_KEY}": ${listNames(wrong)} should be texts`);
  return new Map(entries as [string, string][]);
}

/** The entry, or what is wrong with it. */
function readEntry(name: string, value: unknown, dataLength: number): Entry | string {
  if (!isRecord(value)) return 'is no object with dtype, shape and data_offsets';
  const { dtype: dtypeName, shape, data_offsets: offsets } = value;
  const dtype = DTYPES.get(dtypeName);
  if (dtype === undefined) {
    return `the dtype ${print(dtypeName)} is not supported (supported are ${[...DTYPES.keys()].join(', ')})`;
  }
  const count = Array.isArray(shape) ? checkedElementCount(shape) : undefined;
  if (count === undefined) return `the shape ${print(shape)} is not a list of whole numbers >= 0 of countable product`;
  if (!isSpan(offsets)) return `the data_offsets ${print(offsets)} are not two rising whole numbers >= 0`;
  const [begin, end] = offsets;
  if (end > dataLength) return `the data_offsets [${begin}, ${end}] reach past the ${dataLength} bytes of data`;
  const size = dtype === 'bfloat16' ? 2 : BYTES_PER_ELEMENT[dtype];
  if (count * size !== end - begin) {
    return `${dtypeName} of shape ${formatShape(shape as number[])} takes ${count * size} bytes, but its data_offsets [${begin}, ${end}] span ${end - begin}`;
  }
  return { name, dtype, shape: shape as number[], begin, end };
}

function isSpan(value: unknown): value is [number, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((offset) => Number.isSafeInteger(offset) && offset >= 0) &&
    value[0] <= value[1]
  );
}

function print(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function findGaps(entries: readonly Entry[], dataLength: number): string[] {
  const problems: string[] = [];
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < covered) problems.push(`${listNames([name])}: overlaps another tensor (bytes ${begin} to ${covered})`);
    if (begin > covered) problems.push(`${listNames([name])}: no tensor covers bytes ${covered} to ${begin} before it`);
    covered = Math.max(covered, end);
  }
  if (covered < dataLength) problems.push(`no tensor covers the last ${dataLength - covered} bytes of the file`);
  return problems;
}

function viewEntry({ dtype, shape, offset, length }: SafetensorsEntry, file: Uint8Array): Tensor {
  const span = file.subarray(offset, offset + length);
  return dtype === 'bfloat16' ? tensor('float32', shape, bfloat16ToFloat32(span)) : tensorFromBytes(dtype, shape, span);
}
