/** The pictures that are labeled, the classes, and the tool in hand. */
import { computed, effect, signal } from '@preact/signals';
import { classesNamed, type LabelClass, type WebSegmentation } from 'refinenet/web';
import { messageOf } from '../state/messages.ts';
import { model, opened } from '../state/models.ts';
import { photoIndex, photos } from '../state/photos.ts';
import { shown } from '../state/segmenting.ts';
import { IGNORED, isLabeled, type LabeledPhoto } from './dataset.ts';
import { type Change, History } from './history.ts';
import { forgetAll, keepClasses, keepPicture, keptClasses, keptPictures } from './kept.ts';

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

const keyOf = (name: string, width: number, height: number): string => `${name} ${width}x${height}`;

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

function put(next: Labeling): void {
  const key = keyOf(next.name, next.width, next.height);
  // Nothing is subscribed to here: effects call it.
  labelings.value = new Map(labelings.peek()).set(key, next);
  revision.value = revision.peek() + 1;
  if (next.isTouched) keepSoon(key);
}

function keepSoon(key: string): void {
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
  const { name, file, width, height, labels } = now;
  keepPicture(key, { name, file, width, height, labels })
    .then(() => {
      isKept.value = waiting.size === 0;
    })
    .catch(tell);
}

// A page that is left does not come to its timers.
addEventListener('visibilitychange', () => {
  for (const key of waiting.keys()) keep(key);
});

const tell = (error: unknown): void => {
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

/** Takes up what was kept, and the photograph that is looked at. @returns the end of that */
export function startLabeling(): () => void {
  if (!isRestoring) void restored().catch(tell);
  isRestoring = true;
  return effect(() => {
    const now = shown.value;
    const own = classes.value;
    if (!now || own.length === 0 || !isRestored.value) return;
    const { width, height } = now.bitmap;
    const known = labelings.peek().get(keyOf(now.photo.name, width, height));
    if (known && (known.isTouched || known.prediction === now.segmentation)) return;
    const labels = now.segmentation ? predicted(now.segmentation, own) : new Uint8Array(width * height).fill(IGNORED);
    put({
      name: now.photo.name,
      file: now.photo.file,
      width,
      height,
      labels,
      history: new History(),
      isTouched: false,
      prediction: now.segmentation,
    });
  });
}

const isRestored = signal(false);
let isRestoring = false;

/** Resolves once a signal has something. */
const first = <T>(read: () => T | undefined): Promise<T> =>
  new Promise((resolve) => {
    const end = effect(() => {
      const now = read();
      if (now === undefined) return;
      queueMicrotask(() => {
        end();
        resolve(now);
      });
    });
  });

async function restored(): Promise<void> {
  // Those that the page begins with do not come after what was kept.
  await first(() => photos.value[0]);
  const [pictures, kept] = await Promise.all([keptPictures(), keptClasses()]);
  if (kept) classes.value = kept;
  else await takeModelClasses();
  const all = new Map(labelings.value);
  for (const each of pictures)
    all.set(keyOf(each.name, each.width, each.height), { ...each, history: new History(), isTouched: true });
  labelings.value = all;
  const names = new Set(photos.value.map(({ name }) => name));
  const more = pictures.filter(({ name }) => !names.has(name)).map(({ name, file }) => ({ name, file }));
  if (more.length > 0) photos.value = [...photos.value, ...more];
  isRestored.value = true;
  revision.value++;
}

/** The classes of the model that is chosen. */
async function takeModelClasses(): Promise<void> {
  const entry = await first(() => model.value);
  classes.value = (await opened(entry)).description.classes;
}

/**
 * Takes other classes.
 * @param idOf of a class that there was: which one it is now; `IGNORED` for one that is gone.
 */
export function setClasses(next: readonly LabelClass[], idOf: (id: number) => number = (id) => id): void {
  const table = Uint8Array.from({ length: 256 }, (_, id) => (id === IGNORED ? IGNORED : idOf(id)));
  const isSame = table.every((id, at) => id === at);
  if (!isSame) {
    const all = new Map<string, Labeling>();
    for (const [key, each] of labelings.value)
      all.set(key, { ...each, labels: each.labels.map((id) => table[id] as number), history: new History() });
    labelings.value = all;
    for (const [key, each] of all) if (each.isTouched) keepSoon(key);
  }
  classes.value = next;
  painted.value = Math.min(painted.value, next.length - 1);
  revision.value++;
  keepClasses(next).catch(tell);
}

/** Classes with these names, in colors that are told apart. */
export const namedClasses = (names: readonly string[]): readonly LabelClass[] => classesNamed(names);

/** Begins anew: no labels, and these classes. */
export async function beginAnew(names: readonly string[]): Promise<void> {
  await forgetAll().catch(tell);
  labelings.value = new Map();
  setClasses(namedClasses(names));
  photoIndex.value = Math.min(photoIndex.value, Math.max(0, photos.value.length - 1));
}
