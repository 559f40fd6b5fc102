/** The part of ONNX's ModelProto that this library writes and reads, as plain objects. */
import type { DataType, Tensor } from '../tensor/tensor.ts';

/** A node attribute, tagged with its ONNX type because JavaScript cannot tell 1 from 1.0. */
export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'string'; readonly value: string };

export const int = (value: number): Attribute => ({ type: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ type: 'ints', value });
export const float = (value: number): Attribute => ({ type: 'float', value });
export const string = (value: string): Attribute => ({ type: 'string', value });

/** One operator call; an empty input name leaves an optional input out. */
export interface OnnxNode {
  readonly opType: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph input or output; a string extent is open and named. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly (number | string)[];
}

/** A constant: its numbers inline, or a promise that the engine finds them under `external`. */
export type OnnxInitializer =
  | { readonly name: string; readonly tensor: Tensor }
  | {
      readonly name: string;
      readonly dtype: DataType;
      readonly shape: readonly number[];
      readonly external: { readonly location: string; readonly offset: number; readonly length: number };
    };

/** ONNX's GraphProto; each node stands after those whose results it takes. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers: readonly OnnxInitializer[];
}

/** ONNX's ModelProto, but for its versions: they are the same in every model. */
export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** Free text kept in the file, for example class names. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The operator set every model declares. 17 is the newest that all of onnxruntime's providers, transformers.js and the
 * common converters accept, and no operator used here gained anything later.
 */
export const OPSET = 17;

/** The file format version that belongs to opset 17. */
export const IR_VERSION = 8;
