/** How masks in a class table's colors are read. */
import { colorKey, isUnlabeled } from '../../labels/color-table.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import type { MaskEncoding } from '../mask.ts';

/** Which color is which class, and the rows of the table that are none. */
export interface ColorClasses {
  readonly encoding: MaskEncoding;
  readonly ignored: readonly string[];
}

/** How masks painted in a table's colors are read, and the classes that are scored: those called void or unlabeled are not. */
export function colorEncoding(
  table: readonly LabelClass[],
): ColorClasses & { readonly classes: readonly LabelClass[] } {
  const classes = table.filter(({ name }) => !isUnlabeled(name));
  return { classes, ...encodeColors(table, (row) => classes.indexOf(row)) };
}

/** Takes each row's class id from `classOf`; negative for rows that are ignored. */
export function encodeColors(table: readonly LabelClass[], classOf: (row: LabelClass) => number): ColorClasses {
  const ids = new Map(
    table.map((row): [number, number] => {
      const id = classOf(row);
      return [colorKey(row.color), id < 0 ? IGNORE_INDEX : id];
    }),
  );
  const ignored = table.filter((row) => classOf(row) < 0).map(({ name }) => name);
  return { encoding: { kind: 'colors', classes: ids }, ignored };
}
