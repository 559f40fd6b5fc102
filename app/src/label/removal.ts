/** Removing a class, and taking that back as long as nothing was done since. */
import { computed, effect, signal } from '@preact/signals';
import type { LabelClass } from 'refinenet/web';
import { setClasses } from './classes.ts';
import { IGNORED } from './dataset.ts';
import { classes, keepAllSoon, type Labeling, labelings, painted, steps } from './labeling.ts';

interface Removal {
  /** All of what there was. */
  readonly classes: readonly LabelClass[];
  readonly labelings: ReadonlyMap<string, Labeling>;
  readonly painted: number;
  /** How many there were with it. */
  readonly steps: number;
}

const last = signal<Removal | undefined>(undefined);

/** Pixels of the class have no label any more; classes after it move up. */
export function removeClass(id: number): void {
  const before = { classes: classes.value, labelings: labelings.value, painted: painted.value };
  setClasses(
    before.classes.filter((_, at) => at !== id),
    (each) => (each === id ? IGNORED : each > id ? each - 1 : each),
  );
  last.value = { ...before, steps: steps.value };
}

// Once something else was done, labels that are not to come back are not held.
effect(() => {
  if (last.value?.steps !== steps.value) last.value = undefined;
});

/** Whether the last thing that was done is a removal. */
export const canRestoreClass = computed(() => last.value !== undefined);

/** Takes the removal back. @returns whether there was one to be taken back */
export function restoreClass(): boolean {
  const removal = last.value;
  if (!removal) return false;
  last.value = undefined;
  // Labels that a model began since begin anew, in all classes.
  labelings.value = removal.labelings;
  setClasses(removal.classes);
  painted.value = removal.painted;
  keepAllSoon();
  return true;
}
