/** The pictures that are labeled, the classes, and the tool in hand. */
import { computed, signal } from '@preact/signals';
import type { LabelClass, WebSegmentation } from 'refinenet/web';
import { messageOf } from '../state/messages.ts';
import type { Photo } from '../state/photos.ts';
import { shown } from '../state/segmenting.ts';
import { countLabeled, IGNORED, type LabeledPhoto } from './dataset.ts';
import { digestOf } from './digest.ts';
import { History } from './history.ts';
import { keepPicture } from './kept.ts';
import type { Extent } from './spans.ts';

export type ToolName = 'hand' | 'brush' | 'eraser' | 'fill' | 'polygon' | 'magic';

export interface Labeling extends LabeledPhoto {
  /** Of its content, name and size: it is labeled once, wherever it comes from. */
  readonly key: string;
  readonly history: History;
  /** Whether somebody labeled it; what only the model said is not kept. */
  readonly isTouched: boolean;
  /** How many of its pixels are labeled. */
  readonly labeled: number;
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

export const keyOf = async ({ name, file }: Photo, { width, height }: Extent): Promise<string> =>
  `${name} ${width}x${height} ${await digestOf(file)}`;

/** Labels with no step in their history. */
export const labelingOf = (
  key: string,
  { name, file, width, height, labels, origin }: LabeledPhoto,
  isTouched: boolean,
): Labeling => ({
  key,
  ...{ name, file, width, height, labels, origin, isTouched },
  history: new History(),
  labeled: countLabeled(labels),
});

/** The photograph that is looked at, once its key is known. */
export const looked = signal<{ readonly photo: Photo; readonly key: string } | undefined>(undefined);

/** The labels of the photograph that is looked at. */
export const labeling = computed(() => {
  const [now, known] = [shown.value, looked.value];
  return now && known?.photo === now.photo ? labelings.value.get(known.key) : undefined;
});

const { compare } = new Intl.Collator(undefined, { numeric: true });

/** Those that somebody labeled, in the order of their names. */
export const touched = computed(() =>
  [...labelings.value.values()]
    .filter((each) => each.isTouched && each.labeled > 0)
    .sort((a, b) => compare(a.name, b.name)),
);

const DELAY = 400;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

export function put(next: Labeling): void {
  // Nothing is subscribed to here: effects call it.
  labelings.value = new Map(labelings.peek()).set(next.key, next);
  revision.value = revision.peek() + 1;
  if (next.isTouched) keepSoon(next.key);
}

export function keepSoon(key: string): void {
  clearTimeout(waiting.get(key));
  isKept.value = false;
  waiting.set(
    key,
    setTimeout(() => keep(key), DELAY),
  );
}

/** Keeps all that somebody labeled. */
export function keepAllSoon(): void {
  for (const { key, isTouched } of labelings.value.values()) if (isTouched) keepSoon(key);
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

/** What a model found, as ids of our classes of the same names; ignored where there is none. */
export function predicted({ labels, classes: found }: WebSegmentation, own: readonly LabelClass[]): Uint8Array {
  const table = new Uint8Array(65536).fill(IGNORED);
  for (const { id, label } of found) {
    const at = own.findIndex(({ name }) => name === label);
    if (at >= 0) table[id] = at;
  }
  const { data } = labels;
  const ids = new Uint8Array(data.length);
  for (let at = 0; at < ids.length; at++) ids[at] = table[data[at] as number] as number;
  return ids;
}
