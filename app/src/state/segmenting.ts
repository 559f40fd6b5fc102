/** Keeps the segmentation of the photograph that is looked at, by the model that is chosen. */
import { effect, signal } from '@preact/signals';
import type { LabelClass, ModelDevice, WebSegmentation } from 'refinenet/web';
import { isAbort, messageOf } from './messages.ts';
import { model, withModel } from './models.ts';
import { bitmapOf, type Photo, photo } from './photos.ts';

/** A photograph with what was found in it. */
export interface Shown {
  readonly photo: Photo;
  readonly bitmap: ImageBitmap;
  /** Not there before the model is done. */
  readonly segmentation: WebSegmentation | undefined;
  /** Milliseconds that the model took. */
  readonly duration: number;
  /** By which model. */
  readonly model: string;
  /** All that this model knows. */
  readonly classes: readonly LabelClass[];
}

export type Stage = 'idle' | 'loading' | 'segmenting' | 'done' | 'failed';

export const shown = signal<Shown | undefined>(undefined);
export const stage = signal<Stage>('idle');
export const fault = signal('');
/** What computes; null before there is a model. */
export const device = signal<ModelDevice | null>(null);
/** Whether a video or the camera is shown instead of photographs. */
export const isLive = signal(false);

/** Segments anew whenever the photograph or the model changes. */
export function startSegmenting(): () => void {
  return effect(() => {
    const [picture, entry] = [photo.value, model.value];
    if (isLive.value || !picture) return undefined;
    const control = new AbortController();
    segment(picture, entry, control.signal).catch((error: unknown) => {
      if (control.signal.aborted || isAbort(error)) return;
      stage.value = 'failed';
      fault.value = messageOf(error);
    });
    return () => control.abort();
  });
}

async function segment(picture: Photo, entry: typeof model.value, signal: AbortSignal): Promise<void> {
  fault.value = '';
  stage.value = 'loading';
  const bitmap = await bitmapOf(picture);
  signal.throwIfAborted();
  if (shown.peek()?.photo !== picture)
    show({ photo: picture, bitmap, segmentation: undefined, duration: 0, model: '', classes: [] });
  if (!entry) return;
  await withModel(entry, async (segmenter) => {
    signal.throwIfAborted();
    device.value = segmenter.device;
    stage.value = 'segmenting';
    const begin = performance.now();
    const segmentation = await segmenter.segment(bitmap, { signal, latest: true });
    signal.throwIfAborted();
    const { classes } = segmenter.description;
    show({ photo: picture, bitmap, segmentation, duration: performance.now() - begin, model: entry.name, classes });
    stage.value = 'done';
  });
}

export function show(next: Shown): void {
  shown.value = next;
}
