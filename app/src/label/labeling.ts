/** The pictures that are labeled, the classes, and the tool in hand. */
import { computed, signal } from '@preact/signals';
import type { LabelClass, WebSegmentation } from 'refinenet/web';
import { messageOf } from '../state/messages.ts';
import { shown } from '../state/segmenting.ts';
import { IGNORED, isLabeled, type LabeledPhoto } from './dataset.ts';
import type { Change, History } from './history.ts';
import { keepPicture } from './kept.ts';

export type ToolName = 'brush' | 'eraser' | 'fill' | 'polygon' | 'magic';

export interface Labeling extends LabeledPhoto {
  readonly history: History;
  /** Whether somebody labeled it; what only the model said is not kept. */
  readonly isTouched: boolean;
  /** What the labels began with. */
  readonly prediction?: WebSegmentation | undefined;
}

export const tool = signal<ToolName>('brush');
/** The class that is painted; `IGNORED` for none. */
export const painted = signal(1);
/** Pixels. */
export const brushSize = signal(16);
/** How alike to the clicked pixel the magic wand's pixels are, in [0, 1]. */
export const likeness = signal(0.6);
export const classes = signal<readonly LabelClass[]>([]);
export const labelings = signal<ReadonlyMap<string, Labeling>>(new Map());
/** Grows with every change of the labels that are shown. */
export const revision = signal(0);
export const labelFault = signal('');
/** Whether everything is in the browser's keeping. */
export const isKept = signal(true);

export const keyOf = (name: string, width: number, height: number): string => `${name} ${width}x${height}`;

/** The labels of the photograph that is looked at. */
export const labeling = computed(() => {
  const now = shown.value;
  return now && labelings.value.get(keyOf(now.photo.name, now.bitmap.width, now.bitmap.height));
});

/** Those that somebody labeled, in the order of their names. */
export const touched = computed(() => {
  void revision.value;
  return [...labelings.value.values()]
    .filter((each) => each.isTouched && isLabeled(each))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
});

const DELAY = 400;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

export function put(next: Labeling): void {
  const key = keyOf(next.name, next.width, next.height);
  // Nothing is subscribed to here: effects call it.
  labelings.value = new Map(labelings.peek()).set(key, next);
  revision.value = revision.peek() + 1;
  if (next.isTouched) keepSoon(key);
}

export function keepSoon(key: string): void {
  clearTimeout(waiting.get(key));
  isKept.value = false;
  waiting.set(
    key,
    setTimeout(() => keep(key), DELAY),
  );
}

function keep(key: string): void {
  clearTimeout(waiting.get(key));
  waiting.delete(key);
  const now = labelings.peek().get(key);
  if (!now) return;
  const { name, file, width, height, labels, origin } = now;
  keepPicture(key, { name, file, width, height, labels, origin })
    .then(() => {
      isKept.value = waiting.size === 0;
    })
    .catch(tell);
}

/** Of labels that are deleted nothing is kept later. */
export function forgetWaiting(): void {
  for (const timer of waiting.values()) clearTimeout(timer);
  waiting.clear();
  isKept.value = true;
}

// A page that is left does not come to its timers.
addEventListener('visibilitychange', () => {
  for (const key of waiting.keys()) keep(key);
});

export const tell = (error: unknown): void => {
  labelFault.value = messageOf(error);
};

/** Notes that the labels of the picture were changed by a step, which can be taken back. */
export function changed(now: Labeling, change: Change | undefined): void {
  if (!change) return;
  now.history.add(change);
  put({ ...now, isTouched: true });
}

export function undo(): void {
  const now = labeling.value;
  if (now?.history.undo(now.labels)) put({ ...now, isTouched: true });
}

export function redo(): void {
  const now = labeling.value;
  if (now?.history.redo(now.labels)) put({ ...now, isTouched: true });
}

/** What a model found, as ids of our classes of the same names; ignored where there is none. */
export function predicted({ labels, classes: found }: WebSegmentation, own: readonly LabelClass[]): Uint8Array {
  const ids = new Map(found.map(({ id, label }) => [id, own.findIndex(({ name }) => name === label)]));
  return Uint8Array.from(labels.data, (id) => {
    const at = ids.get(id) ?? -1;
    return at < 0 ? IGNORED : at;
  });
}
