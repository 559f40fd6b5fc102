/** Named tensors: the state dict of a network. */
import type { DataType, Tensor } from './tensor.ts';

/** Tensors by name, in a stable order. */
export type Weights = ReadonlyMap<string, Tensor>;

/** A tensor whose numbers lie in a file, little-endian and row-major: the engine maps them, nobody copies them. */
export interface StoredTensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** The file's name inside the folder that the engine is given, and the bytes in it. */
  readonly stored: { readonly file: string; readonly offset: number; readonly length: number };
}

/** Named tensors, in memory or in files. */
export type WeightsSource = ReadonlyMap<string, Tensor | StoredTensor>;

/** The bytes that all tensors' numbers take together. */
export function byteLength(weights: WeightsSource): number {
  let total = 0;
  for (const value of weights.values()) total += 'stored' in value ? value.stored.length : value.data.byteLength;
  return total;
}
