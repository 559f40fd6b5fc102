/** Removing a class, and taking that back as long as nothing was done since. */
import { computed, signal } from '@preact/signals';
import type { LabelClass } from 'refinenet/web';
import { setClasses } from './classes.ts';
import { IGNORED } from './dataset.ts';
import { classes, keepSoon, type Labeling, labelings, painted, revision } from './labeling.ts';

interface Removal {
  /** All of what there was. */
  readonly classes: readonly LabelClass[];
  readonly labelings: ReadonlyMap<string, Labeling>;
  readonly painted: number;
  /** Of the labels after it. */
  readonly revision: number;
}

const last = signal<Removal | undefined>(undefined);

/** Pixels of the class have no label any more; classes after it move up. */
export function removeClass(id: number): void {
  const before = { classes: classes.value, labelings: labelings.value, painted: painted.value };
  setClasses(
    before.classes.filter((_, at) => at !== id),
    (each) => (each === id ? IGNORED : each > id ? each - 1 : each),
  );
  last.value = { ...before, revision: revision.value };
}

/** Whether the last thing that was done is a removal. */
export const canRestoreClass = computed(() => last.value?.revision === revision.value);

/** Takes the removal back. @returns whether there was one to be taken back */
export function restoreClass(): boolean {
  const removal = last.value;
  if (!removal || !canRestoreClass.value) return false;
  last.value = undefined;
  labelings.value = removal.labelings;
  setClasses(removal.classes);
  painted.value = removal.painted;
  for (const { key, isTouched } of removal.labelings.values()) if (isTouched) keepSoon(key);
  return true;
}
