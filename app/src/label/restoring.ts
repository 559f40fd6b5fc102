/** What the labels begin with: what the browser kept, and what the model sees in the photograph that is looked at. */
import { effect, signal } from '@preact/signals';
import { model, opened } from '../state/models.ts';
import { photos } from '../state/photos.ts';
import { shown } from '../state/segmenting.ts';
import { IGNORED } from './dataset.ts';
import { History } from './history.ts';
import { keptClasses, keptPictures } from './kept.ts';
import { classes, keyOf, labelings, predicted, put, revision, tell } from './labeling.ts';

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
