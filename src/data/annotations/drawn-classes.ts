/** Makes the classes of a data set whose images were drawn on: what is drawn, and the background behind it. */
import type { Color } from '../../image/image.ts';
import { classesNamed } from '../../labels/classes-named.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { isUnlabeled } from '../../labels/color-table.ts';

/** Names by which tools call what is none of the classes drawn. */
const BACKGROUND = /^_*background_*$/i;

/** Whether a class of that name is what lies behind all others. */
export const isBackgroundName = (name: string): boolean => BACKGROUND.test(name);

/** Some put lines around what is no class: `__ignore__`. */
const meansNone = (name: string): boolean => isUnlabeled(name.replace(/^_+|_+$/g, ''));

export interface DrawnClasses {
  readonly classes: readonly LabelClass[];
  /** The id of the class that pixels outside of all shapes have. */
  readonly background: number;
  /** The class's id, 255 for what is not to be learned (void, ignore, ...); undefined for a name that is not there. */
  idOf(name: string): number | undefined;
}

/**
 * Classes with these names, in their order. Where none of them is called background, that is class 0 before them. Names that
 * mean no class, such as void or ignore, are none.
 * @param colors those of the file, taken if every name has one of its own.
 */
export function drawnClasses(names: readonly string[], colors: readonly (Color | undefined)[] = []): DrawnClasses {
  const kept = names.map((name, index) => ({ name, color: colors[index] })).filter(({ name }) => !meansNone(name));
  const known = kept.findIndex(({ name }) => isBackgroundName(name));
  const all = known >= 0 ? kept : [{ name: 'background', color: BLACK }, ...kept];
  const own = all.map(({ color }) => color);
  const areTold = own.every((color) => color !== undefined) && new Set(own.map(String)).size === own.length;
  const classes = classesNamed(all.map(({ name }) => name));
  const ids = new Map(all.map(({ name }, id) => [name, id]));
  return {
    classes: areTold ? classes.map(({ name }, id) => ({ name, color: own[id] as Color })) : classes,
    background: Math.max(0, known),
    idOf: (name) => ids.get(name) ?? (meansNone(name) ? IGNORE_INDEX : undefined),
  };
}

const BLACK: Color = [0, 0, 0];

/** `#ff8000` as a color; undefined for anything else. */
export function hexColor(text: unknown): Color | undefined {
  const match = typeof text === 'string' ? /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(text) : null;
  return match ? (match.slice(1, 4).map((channel) => Number.parseInt(channel, 16)) as unknown as Color) : undefined;
}
