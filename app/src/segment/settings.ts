/** How the segmentation is shown. */
import { signal } from '@preact/signals';
import type { LabelClass } from 'refinenet/web';

export const opacity = signal(0.55);
export const hasOutlines = signal(true);
/** Where the divider between before and after stands, in [0, 1] of the picture's width; null for none. */
export const divider = signal<number | null>(null);
/** Names of the classes that are not shown: their ids are others in another model. */
export const hidden = signal<ReadonlySet<string>>(new Set());

/** The ids of a model's classes that are not shown. */
export const hiddenIds = (classes: readonly LabelClass[]): ReadonlySet<number> =>
  new Set(classes.flatMap(({ name }, id) => (hidden.value.has(name) ? [id] : [])));

export function toggleClass(name: string): void {
  const next = new Set(hidden.value);
  if (!next.delete(name)) next.add(name);
  hidden.value = next;
}

/** Shows one class alone; all where it is alone already. */
export function showOnly(name: string, all: readonly string[]): void {
  const others = all.filter((each) => each !== name);
  const isAlone = !hidden.value.has(name) && others.every((each) => hidden.value.has(each));
  hidden.value = new Set(isAlone ? [] : others);
}
