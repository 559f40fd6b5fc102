/** The classes that are labeled, and how they become others. */
import { classesNamed, type Color, type LabelClass } from 'refinenet/web';
import { photoIndex, photos } from '../state/photos.ts';
import { countLabeled, IGNORED } from './dataset.ts';
import { folder } from './folder.ts';
import { forgetAll, keepClasses } from './kept.ts';
import {
  classes,
  forgetWaiting,
  keepAllSoon,
  type Labeling,
  labelings,
  painted,
  revision,
  steps,
  tell,
  touched,
} from './labeling.ts';

/**
 * Takes other classes. Steps that were done before are taken back in them, too.
 * @param idOf of a class that there was: which one it is now; `IGNORED` for one that is gone.
 */
export function setClasses(next: readonly LabelClass[], idOf: (id: number) => number = (id) => id): void {
  const table = Uint8Array.from({ length: 256 }, (_, id) => (id === IGNORED ? IGNORED : idOf(id)));
  const isMoved = table.some((id, at) => id !== at);
  if (isMoved) labelings.value = new Map([...labelings.value].map(([key, each]) => [key, renamed(each, table)]));
  // What is kept names its classes.
  if (isMoved || classes.value.some(({ name }, id) => next[id]?.name !== name)) keepAllSoon();
  classes.value = next;
  painted.value = Math.min(painted.value, next.length - 1);
  revision.value++;
  steps.value++;
  keepClasses(next).catch(tell);
}

function renamed(each: Labeling, table: Uint8Array): Labeling {
  const labels = each.labels.slice();
  for (let at = 0; at < labels.length; at++) labels[at] = table[labels[at] as number] as number;
  return { ...each, labels, labeled: countLabeled(labels), history: each.history.renamed(table) };
}

/** How many photographs that somebody labeled have a class. */
export const countWith = (id: number): number => touched.value.filter(({ labels }) => labels.includes(id)).length;

/** Classes with these names, in colors that are told apart. */
export const namedClasses = (names: readonly string[]): readonly LabelClass[] => classesNamed(names);

const keyOf = (color: Color): string => color.join();

/** The classes and one more, in a color that no other has; without it where there is no id or color for it. */
export function withClass(own: readonly LabelClass[], name: string): readonly LabelClass[] {
  if (own.length >= IGNORED) return own;
  const taken = new Set(own.map(({ color }) => keyOf(color)));
  const fresh = namedClasses([...own.map((each) => each.name), name]).at(-1);
  const spare = namedClasses(Array.from({ length: IGNORED }, (_, id) => `${id}`));
  const color = [...(fresh ? [fresh] : []), ...spare].find((each) => !taken.has(keyOf(each.color)))?.color;
  return color ? [...own, { name, color }] : own;
}

/** Begins anew: no labels, and these classes. */
export async function beginAnew(next: readonly LabelClass[]): Promise<void> {
  forgetWaiting();
  await forgetAll().catch(tell);
  labelings.value = new Map();
  // Other labels are not written over these.
  folder.value = undefined;
  setClasses(next);
  photoIndex.value = Math.min(photoIndex.value, Math.max(0, photos.value.length - 1));
}
