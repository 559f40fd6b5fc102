/** Where a video is, as its element tells. */
import { computed, signal } from '@preact/signals';

export interface Playing {
  /** Seconds from its beginning. */
  readonly time: number;
  /** Seconds; 0 as long as the browser does not know, as of what was recorded by one, until it has played once. */
  readonly duration: number;
  readonly isPaused: boolean;
}

const BEGINNING: Playing = { time: 0, duration: 0, isPaused: false };

export const playing = signal(BEGINNING);

/** Apart from the time, which changes four times a second. */
export const isPaused = computed(() => playing.value.isPaused);

const EVENTS = ['play', 'pause', 'timeupdate', 'seeking', 'durationchange'] as const;

/** Tells where the element is from now on. @returns the end of that */
export function tellPlaying(element: HTMLVideoElement): () => void {
  const tell = (): void => {
    const { currentTime, duration, paused } = element;
    playing.value = { time: currentTime, duration: Number.isFinite(duration) ? duration : 0, isPaused: paused };
  };
  for (const name of EVENTS) element.addEventListener(name, tell);
  return () => {
    for (const name of EVENTS) element.removeEventListener(name, tell);
    playing.value = BEGINNING;
  };
}
