/** Turns the ids that a data set's masks hold into class ids. */
import { UsageError } from '../errors.ts';

/** The id of pixels that neither loss nor metrics look at. */
export const IGNORE_INDEX = 255;

/** As many classes as there are ids below the one for ignore. */
export const MOST_CLASSES = 255;

/** What a table has for ids that mean nothing in the data set. */
export const UNKNOWN = 65_535;

/** For every id 0 ... 65535 in a mask the class id, IGNORE_INDEX or UNKNOWN. */
export type LabelTable = Uint16Array;

export interface LabelMapping {
  /** The number of classes. */
  readonly classes: number;
  /** Class id or 255 by the mask's id. Ids that are not named keep their number, as far as it is a class or 255. */
  readonly ids?: ReadonlyMap<number, number>;
  /** Whether 0 means "none of the classes" and all other ids count from 1: 0 becomes 255, the others one less. */
  readonly reduceZero?: boolean;
}

/**
 * The lookup table of a mapping.
 * @throws UsageError naming every entry that leads to neither a class nor 255, or too many classes.
 */
export function labelTable({ classes, ids = new Map(), reduceZero = false }: LabelMapping): LabelTable {
  if (!Number.isInteger(classes) || classes < 1 || classes > MOST_CLASSES) {
    throw new UsageError(
      `A data set has from 1 to ${MOST_CLASSES} classes (255 marks pixels to ignore), got ${classes}.`,
    );
  }
  const wrong = [...ids].filter(([from, to]) => !isId(from, 65_535) || !(isId(to, classes - 1) || to === IGNORE_INDEX));
  if (wrong.length > 0) {
    const list = wrong.map(([from, to]) => `${from} -> ${to}`).join(', ');
    throw new UsageError(
      `The label mapping has entries that lead nowhere: ${list}. Map ids 0 ... 65535 to the classes 0 ... ${classes - 1} or to 255 for ignore.`,
    );
  }
  const table = new Uint16Array(65_536).fill(UNKNOWN);
  const shift = reduceZero ? 1 : 0;
  for (let id = 0; id < classes; id++) table[id + shift] = id;
  if (reduceZero) table[0] = IGNORE_INDEX;
  table[IGNORE_INDEX] = IGNORE_INDEX;
  for (const [from, to] of ids) table[from] = to;
  return table;
}

function isId(value: number, highest: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= highest;
}
