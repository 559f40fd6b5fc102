/** What a video shows, as it is shown. */
import { FormatError } from '../../errors.ts';

/** How a loop over a video's frames is ended before the video ends. */
export interface FrameOptions {
  /** Ends the frames; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** A frame that the video shows at the moment. */
export interface ShownFrame {
  /** Seconds from the video's start. */
  readonly time: number;
  /** How many frames were shown and passed over since the one before. */
  readonly dropped: number;
}

/** From this `readyState` on there is a frame at the video's time. */
const HAVE_CURRENT_DATA = 2;

/** The `networkState` of a video that has no source. */
const NETWORK_EMPTY = 0;

/**
 * The newest frame whenever one is asked for, each once: waits where the one before is still shown. Ends with the video, and where it is taken away or another takes
 * its place.
 * @throws FormatError if the video cannot be played on, the signal's reason if it was aborted
 */
export async function* framesOf(
  video: HTMLVideoElement,
  { signal }: FrameOptions = {},
): AsyncGenerator<ShownFrame, void> {
  let shown = 0;
  let taken = 0;
  let time = video.currentTime;
  let wake = (): void => {};
  const onFrame = (_: unknown, { mediaTime, presentedFrames }: VideoFrameCallbackMetadata): void => {
    shown = presentedFrames;
    hadFrame = true;
    time = mediaTime;
    wake();
    handle = video.requestVideoFrameCallback(onFrame);
  };
  let handle = video.requestVideoFrameCallback(onFrame);
  // The event that the one before is gone comes late, while this one is awaited.
  let hadFrame = video.readyState >= HAVE_CURRENT_DATA;
  let isGone = false;
  const onEnd = (): void => wake();
  const onEmptied = (): void => {
    isGone = hadFrame || video.networkState === NETWORK_EMPTY;
    wake();
  };
  for (const event of ENDS) video.addEventListener(event, onEnd);
  video.addEventListener('emptied', onEmptied);
  signal?.addEventListener('abort', onEnd);
  try {
    for (;;) {
      signal?.throwIfAborted();
      if (video.error) throw notPlayed(video.error);
      if (isGone) return;
      // While it seeks, a video has no frame that could be taken.
      if (shown === taken || video.readyState < HAVE_CURRENT_DATA) {
        if (video.ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const dropped = taken === 0 ? 0 : shown - taken - 1;
      taken = shown;
      yield { time, dropped };
    }
  } finally {
    video.cancelVideoFrameCallback(handle);
    for (const event of ENDS) video.removeEventListener(event, onEnd);
    video.removeEventListener('emptied', onEmptied);
    signal?.removeEventListener('abort', onEnd);
  }
}

/** What is looked at where it happens. */
const ENDS = ['ended', 'error'] as const;

const notPlayed = ({ code, message }: MediaError): FormatError =>
  new FormatError(`The video cannot be played on: ${message || `error ${code}`}. Check its file.`);
