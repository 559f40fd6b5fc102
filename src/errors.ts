/** The errors this library throws. Each message says where, what was got, and what to do. */

/** The base of every error thrown on purpose; catch it to tell expected failures from defects. */
export class RefineNetError extends Error {
  /** Which of these errors it is, where `instanceof` cannot tell: two copies of the library have two of each class. */
  override readonly name: string = 'RefineNetError';
}

/** A graph or a tensor operation received shapes or types that cannot go together. */
export class ShapeError extends RefineNetError {
  /** Always `ShapeError`, in subclasses too. */
  override readonly name = 'ShapeError';
}

/** A file or a byte sequence is not what its format promises: truncated, malformed or unsafe. */
export class FormatError extends RefineNetError {
  /** Always `FormatError`, in subclasses too. */
  override readonly name = 'FormatError';
}

/** Weights and a network do not belong together: missing, unexpected or misshapen tensors. */
export class WeightsError extends RefineNetError {
  /** Always `WeightsError`, in subclasses too. */
  override readonly name = 'WeightsError';
}

/** An argument, option or configuration value is outside what is allowed. */
export class UsageError extends RefineNetError {
  /** Always `UsageError`, in subclasses too. */
  override readonly name = 'UsageError';
}

/** The inference engine or a device could not do what was asked. */
export class RuntimeError extends RefineNetError {
  /** Always `RuntimeError`, in subclasses too. */
  override readonly name = 'RuntimeError';
}

/** The engine is gone for good: what it had loaded has to be loaded anew. */
export class EngineEndedError extends RuntimeError {}

/** The message of anything thrown, for building a sentence around it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
