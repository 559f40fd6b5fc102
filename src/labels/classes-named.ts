/** Classes of which only the names are known, or not even those. */
import type { Color } from '../image/image.ts';
import type { LabelClass } from './label-class.ts';
import { LABEL_SETS } from './sets/label-sets.ts';
import { paletteFor } from './palette.ts';

/** Classes with these names: in their usual colors if they are those of a well-known set. */
export function classesNamed(names: readonly string[]): readonly LabelClass[] {
  const known = Object.values(LABEL_SETS).find(
    ({ classes }) => classes.length === names.length && classes.every(({ name }, id) => name === names[id]),
  );
  if (known) return known.classes;
  const colors = paletteFor(names);
  return names.map((name, id) => ({ name, color: colors[id] as Color }));
}

/** Classes without names of their own: `class 0`, `class 1`, ... */
export function numberedClasses(count: number): readonly LabelClass[] {
  return classesNamed(Array.from({ length: count }, (_, id) => `class ${id}`));
}
