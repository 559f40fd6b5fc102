/** Parts what can be drawn of an image from what is wrong with the rest. */
import type { AnnotatedShape, ImageAnnotation, ShapeFault } from './annotation.ts';
import type { ReadGeometry } from './read-geometry.ts';

export interface ReadShape extends ReadGeometry {
  /** What the file calls its class; undefined where it gives none. */
  readonly className: string | undefined;
  /** Default: its place among the others, from 1 on. */
  readonly number?: number;
  readonly layer?: number;
}

/** @param idOf the id of a class; undefined for one that the data set does not name. */
export function collectShapes(
  read: readonly ReadShape[],
  idOf: (name: string) => number | undefined,
): Pick<ImageAnnotation, 'shapes' | 'faults'> {
  const shapes: AnnotatedShape[] = [];
  const faults: ShapeFault[] = [];
  for (const [index, { className, geometry, layer, number = index + 1, faults: own }] of read.entries()) {
    const classId = className === undefined ? undefined : idOf(className);
    if (classId === undefined) {
      faults.push({ kind: 'unknown-class', number, detail: className === undefined ? 'no class' : `"${className}"` });
    }
    for (const fault of own) faults.push({ ...fault, number });
    if (geometry && classId !== undefined) {
      shapes.push({ number, classId, geometry, ...(layer !== undefined && { layer }) });
    }
  }
  return { shapes, faults };
}

/** What has no area, by the name of its kind. */
export const withoutArea = (kind: string): ReadGeometry => ({
  faults: [{ kind: 'box-only', detail: `a ${kind} has no area` }],
});
