/** How the segmentation is shown. */
import { signal } from '@preact/signals';

export const opacity = signal(0.55);
export const hasOutlines = signal(true);
/** Where the divider between before and after stands, in [0, 1] of the picture's width; null for none. */
export const divider = signal<number | null>(null);
/** Ids of the classes that are not shown. */
export const hidden = signal<ReadonlySet<number>>(new Set());

export function toggleClass(id: number): void {
  const next = new Set(hidden.value);
  if (!next.delete(id)) next.add(id);
  hidden.value = next;
}

/** Shows one class alone; all where it is alone already. */
export function showOnly(id: number, all: readonly number[]): void {
  const others = all.filter((each) => each !== id);
  const isAlone = !hidden.value.has(id) && others.every((each) => hidden.value.has(each));
  hidden.value = new Set(isAlone ? [] : others);
}
