/** Watching and ending the segmentation of a photograph. */
import { RuntimeError } from '../errors.ts';

/** The part of an AbortSignal that is looked at. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  /** What is thrown. */
  readonly reason?: unknown;
}

export interface SegmentOptions {
  /** Told after each run of the network how many of the runs for this photograph are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the work before the next run; its reason is thrown. */
  readonly signal?: AbortSignalLike | undefined;
}

/** @throws the signal's reason if it was aborted; a RuntimeError if it gives none. */
export function throwIfAborted(signal: AbortSignalLike | undefined): void {
  if (!signal?.aborted) return;
  throw signal.reason ?? new RuntimeError('Segmenting was aborted.');
}
