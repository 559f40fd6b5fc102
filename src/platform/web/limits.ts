/** Nothing waits for ever: every wait has a limit, and a message when it is over. */
import { RuntimeError } from '../../errors.ts';

/** Milliseconds without a byte after which a download is given up. */
export const STALLED_DOWNLOAD = 30_000;
/** Milliseconds within which a worker's script must answer that it runs. */
export const WORKER_START = 30_000;
/** Milliseconds that an engine may take to start and to take a model, once all files are there. */
export const ENGINE_START = 120_000;
/** Milliseconds that an image may take, unless the call says otherwise. */
export const PHOTOGRAPH = 300_000;

/**
 * The result of work, or an error when the time is over; the work itself goes on.
 * @throws RuntimeError with the message after so many milliseconds.
 */
export async function within<T>(work: Promise<T>, milliseconds: number, message: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RuntimeError(message)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds as a person says them: `30 seconds`. */
export const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} seconds`;
