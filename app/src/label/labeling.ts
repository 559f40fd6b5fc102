/** The pictures that are labeled, the classes, and the tool in hand. */
import { computed, signal } from '@preact/signals';
import type { LabelClass, WebSegmentation } from 'refinenet/web';
import { messageOf } from '../state/messages.ts';
import { fileNameOf, type Photo } from '../state/photos.ts';
import { shown } from '../state/segmenting.ts';
import { countLabeled, IGNORED, type LabeledPhoto, type Origin } from './dataset.ts';
import { digestOf } from './digest.ts';
import { History } from './history.ts';
import { keepPicture } from './kept.ts';
import type { Extent } from './spans.ts';

export type ToolName = 'hand' | 'brush' | 'eraser' | 'fill' | 'polygon' | 'magic';

export interface Labeling extends LabeledPhoto {
  /** Of its content, size, and name without folders: it is labeled once, wherever it comes from. */
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
/** Grows with every step that somebody does. */
export const steps = signal(0);
export const labelFault = signal('');
/** What is not in the browser's keeping, or not as it is now: the number of its last change, by its key. */
const unkept = signal<ReadonlyMap<string, number>>(new Map());
/** Whether everything is in the browser's keeping. */
export const isKept = computed(() => unkept.value.size === 0);

export const keyOf = async ({ name, file }: Photo, { width, height }: Extent): Promise<string> =>
  `${fileNameOf(name)} ${width}x${height} ${await digestOf(file)}`;

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

/** Those that somebody labeled, and those that lie in the data set although they were cleared, in the order of their names. */
export const toSave = computed(() =>
  [...labelings.value.values()]
    .filter((each) => each.isTouched && (each.labeled > 0 || each.origin))
    .sort((a, b) => compare(a.name, b.name)),
);

/** Those that somebody labeled, in the order of their names. */
export const touched = computed(() => toSave.value.filter(({ labeled }) => labeled > 0));

/** Milliseconds. */
const DELAY = 400;
let changes = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

export function put(next: Labeling): void {
  // Nothing is subscribed to here: effects call it.
  labelings.value = new Map(labelings.peek()).set(next.key, next);
  revision.value = revision.peek() + 1;
  if (!next.isTouched) return;
  steps.value = steps.peek() + 1;
  keepSoon(next.key);
}

/** Notes where pictures lie in the data set from now on, by their keys; those that lie there already stay. */
export function place(origins: ReadonlyMap<string, Origin>): void {
  const next = new Map(labelings.peek());
  for (const [key, origin] of origins) {
    const each = next.get(key);
    if (!each || each.origin) continue;
    next.set(key, { ...each, origin });
    // Labels of before do not come back, for they do not tell it.
    steps.value++;
    keepSoon(key);
  }
  labelings.value = next;
}

export function keepSoon(key: string): void {
  unkept.value = new Map(unkept.peek()).set(key, ++changes);
  clearTimeout(waiting);
  waiting = setTimeout(keepNow, DELAY);
}

/** Keeps all that somebody labeled. */
export function keepAllSoon(): void {
  for (const { key, isTouched } of labelings.value.values()) if (isTouched) keepSoon(key);
}

/** Keeps what is not kept, what could not be before, too. */
function keepNow(): void {
  clearTimeout(waiting);
  for (const [key, change] of unkept.peek())
    keep(key)
      .then(() => {
        // It may have changed while it was written.
        if (unkept.peek().get(key) === change)
          unkept.value = new Map([...unkept.peek()].filter(([each]) => each !== key));
      })
      .catch(tell);
}

async function keep(key: string): Promise<void> {
  const now = labelings.peek().get(key);
  if (!now) return;
  const { name, file, width, height, labels, origin } = now;
  await keepPicture(key, { name, file, width, height, labels, origin, classes: classes.peek() });
}

/** Of labels that are deleted nothing is kept later. */
export function forgetWaiting(): void {
  clearTimeout(waiting);
  unkept.value = new Map();
}

// A page that is left does not come to its timers.
addEventListener('visibilitychange', keepNow);

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
