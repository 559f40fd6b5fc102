/** What the labels begin with: what the browser kept, and what the model sees in the photograph that is looked at. */
import { effect, signal } from '@preact/signals';
import type { LabelClass } from 'refinenet/web';
import { model, opened } from '../state/models.ts';
import { fileNameOf, type Photo, photos } from '../state/photos.ts';
import { isAbort } from '../state/messages.ts';
import { isLive, shown } from '../state/segmenting.ts';
import { IGNORED } from './dataset.ts';
import { digestOf } from './digest.ts';
import { restoreFolder } from './folder.ts';
import { keptClasses, type KeptPhoto, watchForgetting } from './kept.ts';
import { inClasses, keptPhotos } from './kept-photos.ts';
import {
  classes,
  keyOf,
  type Labeling,
  labelingOf,
  labelings,
  looked,
  predicted,
  put,
  steps,
  tell,
} from './labeling.ts';

/** Takes up what was kept, and the photograph that is looked at. @returns the end of that */
export function startLabeling(): () => void {
  restoration ??= restore();
  const ends = [effect(lookAtShown), effect(beginShown)];
  return () => {
    for (const end of ends) end();
  };
}

/** Finds out the key of the photograph. A frame of a video is none before it is taken out. */
function lookAtShown(): void {
  const now = shown.value;
  if (!now || isLive.value || now.photo.file.size === 0 || looked.peek()?.photo === now.photo) return;
  keyOf(now.photo, now.bitmap)
    .then((key) => {
      if (shown.peek()?.photo === now.photo) looked.value = { photo: now.photo, key };
    })
    .catch(tell);
}

/** Begins labels of the photograph where there are none. */
function beginShown(): void {
  const [now, own, known] = [shown.value, classes.value, looked.value];
  if (!now || own.length === 0 || !isRestored.value || known?.photo !== now.photo) return;
  const before = labelings.peek().get(known.key);
  if (before && (before.isTouched || before.prediction === now.segmentation)) return;
  const { width, height } = now.bitmap;
  const labels = now.segmentation ? predicted(now.segmentation, own) : new Uint8Array(width * height).fill(IGNORED);
  const { name, file } = now.photo;
  put({ ...labelingOf(known.key, { name, file, width, height, labels }, false), prediction: now.segmentation });
}

const isRestored = signal(false);
let restoration: Promise<void> | undefined;

/** Waits until what was kept is taken up, or cannot be; not at all where that was not begun. */
export const restored = async (): Promise<void> => restoration;

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

/** Never rejects: what cannot be taken up is told, and the rest is. */
async function restore(): Promise<void> {
  const isForgotten = watchForgetting();
  try {
    const [kept] = await Promise.all([keptClasses().catch(told), restoreFolder().catch(told)]);
    if (isForgotten()) return;
    if (kept) classes.value = kept;
    const found = await keptPhotos(isForgotten);
    if (isForgotten()) return;
    takeLabels(found);
    void addPhotos([...found.values()], isForgotten);
  } catch (error) {
    tell(error);
  } finally {
    if (classes.value.length === 0) void takeModelClasses().catch(tell);
    isRestored.value = true;
  }
}

/** Takes up labels, in the classes that there are. */
function takeLabels(found: ReadonlyMap<string, KeptPhoto>): void {
  // Classes of a model are kept with the pictures alone.
  let own = classes.value.length > 0 ? classes.value : firstClasses(found);
  const taken: [string, Labeling][] = [];
  for (const [key, photo] of found) {
    const { labels, classes: all } = inClasses(photo, own);
    own = all;
    taken.push([key, labelingOf(key, { ...photo, labels }, true)]);
  }
  classes.value = own;
  labelings.value = new Map([...taken, ...labelings.value]);
  steps.value++;
}

const firstClasses = (found: ReadonlyMap<string, KeptPhoto>): readonly LabelClass[] =>
  [...found.values()].find(({ classes: own }) => own)?.classes ?? [];

/** Tells what is wrong, in place of a value. */
function told(error: unknown): undefined {
  tell(error);
}

/** Adds the photographs of labels to those that are open. */
async function addPhotos(found: readonly Photo[], isForgotten: () => boolean): Promise<void> {
  // Those that the page begins with do not come after what was kept.
  await first(() => photos.value[0]);
  const more: Photo[] = [];
  for (const { name, file } of found)
    if (!(await isAmongOpen({ name, file }).catch(() => false))) more.push({ name, file });
  if (more.length > 0 && !isForgotten()) photos.value = [...photos.value, ...more];
}

async function isAmongOpen({ name, file }: Photo): Promise<boolean> {
  const alike = photos.value.filter(
    (each) => fileNameOf(each.name) === fileNameOf(name) && each.file.size === file.size,
  );
  if (alike.length === 0) return false;
  const digest = await digestOf(file);
  return (await Promise.all(alike.map((each) => digestOf(each.file)))).includes(digest);
}

/** The classes of the model that is chosen, where there are no others by then. */
async function takeModelClasses(before = classes.peek()): Promise<void> {
  const entry = await first(() => model.value);
  try {
    const { description } = await opened(entry);
    if (classes.peek() === before) classes.value = description.classes;
  } catch (error) {
    // Another model was chosen before this one was loaded: its classes are wanted then.
    if (isAbort(error)) return takeModelClasses(before);
    throw error;
  }
}
