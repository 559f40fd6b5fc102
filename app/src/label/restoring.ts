/** What the labels begin with: what the browser kept, and what the model sees in the photograph that is looked at. */
import { effect, signal } from '@preact/signals';
import { model, opened } from '../state/models.ts';
import { photos } from '../state/photos.ts';
import { isLive, shown } from '../state/segmenting.ts';
import { IGNORED } from './dataset.ts';
import { digestOf } from './digest.ts';
import { restoreFolder } from './folder.ts';
import { forgetPicture, keepPicture, keptClasses, type KeptPicture, keptPictures } from './kept.ts';
import { classes, keyOf, type Labeling, labelingOf, labelings, looked, predicted, put, tell } from './labeling.ts';

/** Takes up what was kept, and the photograph that is looked at. @returns the end of that */
export function startLabeling(): () => void {
  if (!isRestoring) void restored().catch(tell);
  isRestoring = true;
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
  const [pictures, kept] = await Promise.all([keptPictures(), keptClasses(), restoreFolder()]);
  if (kept) classes.value = kept;
  else await takeModelClasses();
  const found = (await Promise.all(pictures.map(takenUp))).flatMap((each) => each ?? []);
  labelings.value = new Map([...labelings.value, ...found.map((each) => [each.key, each] as const)]);
  const isOpen = await Promise.all(found.map(isAmongOpen));
  const more = found.filter((_, at) => !isOpen[at]).map(({ name, file }) => ({ name, file }));
  if (more.length > 0) photos.value = [...photos.value, ...more];
  isRestored.value = true;
}

/** @returns undefined for what is no picture, which is not kept any longer */
async function takenUp([key, picture]: KeptPicture): Promise<Labeling | undefined> {
  if (picture.file.size === 0) {
    await forgetPicture(key);
    return undefined;
  }
  if (hasDigest(key)) return labelingOf(key, picture, true);
  // Kept when names and sizes were all of a key.
  const own = await keyOf(picture, picture);
  await keepPicture(own, picture);
  await forgetPicture(key);
  return labelingOf(own, picture, true);
}

const hasDigest = (key: string): boolean => / \d+x\d+ [\da-f]{16}$/.test(key);

async function isAmongOpen({ name, file }: Labeling): Promise<boolean> {
  const alike = photos.value.filter((each) => each.name === name && each.file.size === file.size);
  if (alike.length === 0) return false;
  const digest = await digestOf(file);
  return (await Promise.all(alike.map((each) => digestOf(each.file)))).includes(digest);
}

/** The classes of the model that is chosen. */
async function takeModelClasses(): Promise<void> {
  const entry = await first(() => model.value);
  classes.value = (await opened(entry)).description.classes;
}
