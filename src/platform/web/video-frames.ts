/** What a video shows, as it is shown. */

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

/**
 * The newest frame whenever one is asked for, each once: waits where the one before is still shown. Ends with the video.
 * @throws the signal's reason if it was aborted
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
    time = mediaTime;
    wake();
    handle = video.requestVideoFrameCallback(onFrame);
  };
  let handle = video.requestVideoFrameCallback(onFrame);
  const onEnd = (): void => wake();
  video.addEventListener('ended', onEnd);
  signal?.addEventListener('abort', onEnd);
  try {
    for (;;) {
      signal?.throwIfAborted();
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
    video.removeEventListener('ended', onEnd);
    signal?.removeEventListener('abort', onEnd);
  }
}
