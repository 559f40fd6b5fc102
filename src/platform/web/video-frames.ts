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

/** Milliseconds after a seek in which its frame is told of, where it is at all: browsers miss it if it is shown while the one before is being told of. */
const TOLD_WITHIN = 100;

/**
 * The newest frame whenever one is asked for, each once (after a seek it may come twice): waits where the one before is still shown. Ends with the video, and where it is taken away or another takes
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
  const onChange = (): void => wake();
  let isMissed = false;
  let missing: ReturnType<typeof setTimeout> | undefined;
  const onSeeked = (): void => {
    const before = shown;
    clearTimeout(missing);
    missing = setTimeout(() => {
      if (shown !== before) return;
      isMissed = true;
      time = video.currentTime;
      wake();
    }, TOLD_WITHIN);
  };
  const onEmptied = (): void => {
    isGone = hadFrame || video.networkState === NETWORK_EMPTY;
    wake();
  };
  for (const event of CHANGES) video.addEventListener(event, onChange);
  video.addEventListener('emptied', onEmptied);
  video.addEventListener('seeked', onSeeked);
  signal?.addEventListener('abort', onChange);
  try {
    for (;;) {
      signal?.throwIfAborted();
      if (video.error) throw notPlayed(video.error);
      if (isGone) return;
      // While it seeks, a video has no frame that could be taken.
      if ((shown === taken && !isMissed) || video.readyState < HAVE_CURRENT_DATA) {
        if (video.ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const dropped = taken === 0 ? 0 : Math.max(0, shown - taken - 1);
      taken = shown;
      isMissed = false;
      yield { time, dropped };
    }
  } finally {
    video.cancelVideoFrameCallback(handle);
    for (const event of CHANGES) video.removeEventListener(event, onChange);
    video.removeEventListener('emptied', onEmptied);
    video.removeEventListener('seeked', onSeeked);
    clearTimeout(missing);
    signal?.removeEventListener('abort', onChange);
  }
}

/** What is looked at where it happens: an end, or that the frame a paused video was told to have can be taken by now. */
const CHANGES = ['ended', 'error', 'seeked', 'canplay'] as const;

const notPlayed = ({ code, message }: MediaError): FormatError =>
  new FormatError(`The video cannot be played on: ${message || `error ${code}`}. Check its file.`);
