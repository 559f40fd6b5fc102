/** Strict loading: the tensors are exactly those of the network, or one error says everything that is not. */
import { WeightsError } from '../errors.ts';
import type { Parameter } from '../graph/value.ts';
import { float16ToFloat32 } from '../tensor/float16.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { type DataType, type Tensor, type TensorData, tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';

/** What can be wrong with one tensor, in the order in which it is reported. */
const KINDS = {
  missing: 'Missing',
  unexpected: 'Not part of the network',
  shape: 'Of another shape (found -> expected)',
  type: 'Not of a floating-point type',
  value: 'Not finite in float32',
} as const satisfies Record<string, string>;

export interface Mismatch {
  readonly kind: keyof typeof KINDS;
  readonly name: string;
  /** What was found, and expected: `[21] -> [11]`. */
  readonly detail: string;
}

export interface FitOptions {
  /** What is being loaded, to begin the error with: a file's name. */
  readonly subject?: string;
  /** Names that are neither wanted nor refused. */
  readonly ignore?: (name: string) => boolean;
  /** What to do about the mismatches: the error's last sentence. */
  readonly advise?: (mismatches: readonly Mismatch[]) => string;
}

/** Each floating-point type's numbers as float32. */
const AS_FLOAT32: { readonly [T in DataType]?: (data: TensorData[T]) => Float32Array } = {
  float32: (data) => data,
  float64: (data) => Float32Array.from(data),
  float16: float16ToFloat32,
};

const ADVICE = 'Check that the weights and the architecture belong together.';

/**
 * Float32 tensors for all parameters, in the parameters' order; float32 ones share the given memory, float64 and float16
 * are converted.
 * @throws WeightsError listing every missing, unexpected and misshapen tensor, every one of an integer type and every one
 * with infinities or NaN.
 */
export function fitWeights(
  weights: Weights,
  parameters: ReadonlyMap<string, Parameter>,
  { subject = 'The weights', ignore = () => false, advise = () => ADVICE }: FitOptions = {},
): Weights {
  const fitted = new Map<string, Tensor>();
  const mismatches: Mismatch[] = [];
  for (const [name, { shape }] of parameters) {
    if (ignore(name)) continue;
    const result = fitOne(weights.get(name), shape);
    if ('dtype' in result) fitted.set(name, result);
    else mismatches.push({ name, ...result });
  }
  for (const [name, { shape }] of weights) {
    if (!parameters.has(name) && !ignore(name)) {
      mismatches.push({ kind: 'unexpected', name, detail: formatShape(shape) });
    }
  }
  if (mismatches.length > 0) throw new WeightsError(describeMismatches(subject, mismatches, advise(mismatches)));
  return fitted;
}

function fitOne(found: Tensor | undefined, shape: readonly number[]): Tensor | Omit<Mismatch, 'name'> {
  if (!found) return { kind: 'missing', detail: formatShape(shape) };
  if (!sameShape(found.shape, shape)) {
    return { kind: 'shape', detail: `${formatShape(found.shape)} -> ${formatShape(shape)}` };
  }
  const convert = AS_FLOAT32[found.dtype] as ((data: Tensor['data']) => Float32Array) | undefined;
  if (!convert) return { kind: 'type', detail: found.dtype };
  const data = convert(found.data);
  const at = firstNotFinite(data);
  if (at >= 0) return { kind: 'value', detail: `${data[at]} at element ${at}` };
  return data === found.data ? found : tensor('float32', shape, data);
}

function firstNotFinite(data: Float32Array): number {
  // 0 times a finite number is 0, times any other NaN: one pass without a branch, as weights are hundreds of megabytes.
  let sum = 0;
  for (let index = 0; index < data.length; index++) sum += (data[index] as number) * 0;
  return sum === 0 ? -1 : data.findIndex((value) => !Number.isFinite(value));
}

/** Names of one kind that are listed; more than any network has, fewer than a hostile file may hold. */
const MOST_LISTED = 2000;

const LINE_WIDTH = 110;

function describeMismatches(subject: string, mismatches: readonly Mismatch[], advice: string): string {
  const count = mismatches.length;
  const lines = [`${subject}: ${count} tensor${count === 1 ? ' does' : 's do'} not fit the network.`];
  for (const [kind, title] of Object.entries(KINDS)) {
    const own = mismatches.filter((mismatch) => mismatch.kind === kind);
    if (own.length === 0) continue;
    const items = own.slice(0, MOST_LISTED).map(({ name, detail }) => `${printable(name)} ${detail}`);
    if (own.length > MOST_LISTED) items.push(`and ${own.length - MOST_LISTED} more`);
    lines.push(`${title}, ${own.length}:`, ...wrap(items));
  }
  return [...lines, advice].join('\n');
}

/** Items side by side, as many as a line takes. */
function wrap(items: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? `  ${item}` : `${line}; ${item}`;
    if (line !== '' && longer.length > LINE_WIDTH) {
      lines.push(`${line};`);
      line = `  ${item}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** Names come from files: what a terminal might obey is escaped. */
function printable(name: string): string {
  const short = name.length > 200 ? `${name.slice(0, 200)}...` : name;
  return /^[\w.:/-]+$/.test(short) ? short : JSON.stringify(short);
}
