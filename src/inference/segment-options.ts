/** Watching and ending the segmentation of an image. */
import { RuntimeError } from '../errors.ts';

/** What is said to a call that comes after disposal. */
export const DISPOSED = 'The model was disposed of. Load it again to segment more images.';

/** The part of an AbortSignal that is looked at. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  /** What is thrown. */
  readonly reason?: unknown;
  /** Where it has these, a call that waits is ended at once; otherwise at its next step. */
  addEventListener?(type: 'abort', listener: () => void): void;
  removeEventListener?(type: 'abort', listener: () => void): void;
}

/** How one call is watched and ended. */
export interface SegmentOptions {
  /** Told after each run of the network how many of the runs for this image are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /**
   * Ends the call; its reason is thrown. What the engine computes at that moment it computes to its end, but nothing further.
   */
  readonly signal?: AbortSignalLike | undefined;
}

/** @throws the signal's reason if it was aborted; a RuntimeError if it gives none. */
export function throwIfAborted(signal: AbortSignalLike | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}

/** The result of work, or the signal's reason as soon as it is aborted; the work itself goes on. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignalLike | undefined): Promise<T> {
  if (!signal?.addEventListener) {
    const result = await work;
    throwIfAborted(signal);
    return result;
  }
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(reasonOf(signal));
    signal.addEventListener?.('abort', onAbort);
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener?.('abort', onAbort);
  }
}

function reasonOf({ reason }: AbortSignalLike): unknown {
  return reason ?? new RuntimeError('Segmenting was aborted.');
}
