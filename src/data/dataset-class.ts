/** The classes of a data set. */
import type { Color } from '../image/image.ts';
import { LABEL_SETS } from '../image/label-sets.ts';
import { paletteFor } from '../image/palette.ts';

/** A class; its id is its position in the data set's list. */
export interface DatasetClass {
  readonly name: string;
  readonly color: Color;
}

/** Classes with these names: in their usual colours if they are those of a well-known set. */
export function classesNamed(names: readonly string[]): readonly DatasetClass[] {
  const known = Object.values(LABEL_SETS).find(
    ({ classes }) => classes.length === names.length && classes.every(({ name }, id) => name === names[id]),
  );
  if (known) return known.classes;
  const colors = paletteFor(names);
  return names.map((name, id) => ({ name, color: colors[id] as Color }));
}
