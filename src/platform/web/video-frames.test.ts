import { describe, expect, test } from 'vitest';
import { framesOf } from './video-frames.ts';

type OnFrame = (now: number, frame: { readonly mediaTime: number; readonly presentedFrames: number }) => void;

/** What a page's video is to whoever follows its frames. */
class PlayingVideo extends EventTarget {
  currentTime = 0;
  readyState = 4;
  networkState = 1;
  ended = false;
  error: { readonly code: number; readonly message: string } | null = null;
  #next: OnFrame | undefined;
  #shown = 0;

  requestVideoFrameCallback(next: OnFrame): number {
    this.#next = next;
    return 1;
  }

  cancelVideoFrameCallback(): void {
    this.#next = undefined;
  }

  show(): void {
    this.#shown++;
    this.#next?.(0, { mediaTime: this.#shown / 25, presentedFrames: this.#shown });
  }

  tell(event: string, change: Partial<PlayingVideo> = {}): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event(event));
  }
}

/** Frames of a video of which one was shown, and which waits for the next. */
async function followed(video = new PlayingVideo()) {
  const frames = framesOf(video as never);
  const first = frames.next();
  video.show();
  expect(await first).toEqual({ done: false, value: { time: 0.04, dropped: 0 } });
  return { video, frames, next: frames.next() };
}

const within = <T>(work: Promise<T>): Promise<T | 'waits'> =>
  Promise.race([work, new Promise<'waits'>((resolve) => setTimeout(() => resolve('waits'), 50))]);

describe('the frames of a video', () => {
  test.each([
    [
      'the file is damaged from here on',
      { code: 3, message: 'PIPELINE_ERROR_DECODE' },
      'The video cannot be played on: PIPELINE_ERROR_DECODE. Check its file.',
    ],
    [
      'the browser does not say why',
      { code: 2, message: '' },
      'The video cannot be played on: error 2. Check its file.',
    ],
  ])('end with an error where %s', async (_, error, message) => {
    const { video, next } = await followed();
    video.tell('error', { error });
    await expect(within(next)).rejects.toThrow(message);
  });

  test('end with the same error where the video had failed before', async () => {
    const video = new PlayingVideo();
    video.error = { code: 4, message: 'no such file' };
    await expect(within(framesOf(video as never).next())).rejects.toThrow('no such file');
  });

  test('end where the video is taken away or gives its place to another', async () => {
    const { video, next } = await followed();
    video.tell('emptied', { readyState: 0, networkState: 3 });
    expect(await within(next)).toEqual({ done: true, value: undefined });
  });

  test('end where the video is taken away before there was a frame', async () => {
    const video = new PlayingVideo();
    video.readyState = 0;
    const next = framesOf(video as never).next();
    video.tell('emptied', { networkState: 0 });
    expect(await within(next)).toEqual({ done: true, value: undefined });
  });

  test('of one that takes the place of another begin, though browsers say late that the other is gone', async () => {
    const video = new PlayingVideo();
    video.readyState = 0;
    const next = framesOf(video as never).next();
    video.tell('emptied', { networkState: 3 });
    expect(await within(next)).toBe('waits');
    video.readyState = 4;
    video.show();
    expect(await next).toEqual({ done: false, value: { time: 0.04, dropped: 0 } });
  });

  test.each(['seeked', 'canplay'])(
    'go on at %s where a paused one had shown a frame before it had its data',
    async (event) => {
      const { video, next } = await followed();
      video.readyState = 1;
      video.show();
      expect(await within(next)).toBe('waits');
      video.tell(event, { readyState: 2 });
      expect(await within(next)).toEqual({ done: false, value: { time: 0.08, dropped: 0 } });
    },
  );

  test('go on after a seek of whose frame the browser did not tell', async () => {
    const { video, next } = await followed();
    video.tell('seeked', { currentTime: 7 });
    expect(await within(next)).toBe('waits');
    expect(await next).toEqual({ done: false, value: { time: 7, dropped: 0 } });
  });

  test('are taken once after a seek of whose frame the browser told', async () => {
    const { video, next, frames } = await followed();
    video.tell('seeked', { currentTime: 7 });
    video.show();
    expect(await next).toEqual({ done: false, value: { time: 0.08, dropped: 0 } });
    const another = frames.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await within(another)).toBe('waits');
  });
});
