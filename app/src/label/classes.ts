/** The classes that are labeled, and how they become others. */
import { classesNamed, type LabelClass } from 'refinenet/web';
import { photoIndex, photos } from '../state/photos.ts';
import { IGNORED } from './dataset.ts';
import { History } from './history.ts';
import { forgetAll, keepClasses } from './kept.ts';
import { classes, forgetWaiting, keepSoon, type Labeling, labelings, painted, revision, tell } from './labeling.ts';

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
export async function beginAnew(next: readonly LabelClass[]): Promise<void> {
  forgetWaiting();
  await forgetAll().catch(tell);
  labelings.value = new Map();
  setClasses(next);
  photoIndex.value = Math.min(photoIndex.value, Math.max(0, photos.value.length - 1));
}
