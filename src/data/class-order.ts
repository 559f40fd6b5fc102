/** Puts classes that labels call by name into the order of a list that was asked for. */
import { UsageError } from '../errors.ts';
import type { LabelClass } from '../labels/label-class.ts';
import { isBackgroundName } from './annotations/drawn-classes.ts';
import type { Pairs } from './pairing.ts';
import type { Sample } from './sample.ts';

/** Whether samples were drawn, so that ids are places in a list of names, and not what masks hold. */
export const areNamed = (splits: ReadonlyMap<string, Pairs>): boolean =>
  [...splits.values()].some(({ samples }) =>
    samples.some(({ annotation, encoding }) => annotation !== undefined || encoding !== undefined),
  );

/**
 * The splits with the ids that the classes have in the list asked for; background may be called as tools call it.
 * @throws UsageError if the names are not the same.
 */
export function inOrderOf(
  wanted: readonly LabelClass[],
  classes: readonly LabelClass[],
  splits: ReadonlyMap<string, Pairs>,
  dataset: string,
): ReadonlyMap<string, Pairs> {
  const ids = new Map(wanted.map(({ name }, id) => [keyOf(name), id]));
  const missing = classes.filter(({ name }) => !ids.has(keyOf(name)));
  if (missing.length > 0) {
    const names = (list: readonly LabelClass[]) => list.map(({ name }) => name).join(', ');
    throw new UsageError(
      `${dataset}: the labels have no class of some names that were given (${names(wanted)}); they have ${names(classes)}. ` +
        'Give these names, in any order, or rename the classes in the labels.',
    );
  }
  const idOf = classes.map(({ name }) => ids.get(keyOf(name)) as number);
  if (idOf.every((id, index) => id === index)) return splits;
  return new Map(
    [...splits].map(([split, { samples, faults }]) => [
      split,
      { samples: samples.map((sample) => reordered(sample, idOf)), faults },
    ]),
  );
}

const keyOf = (name: string): string => (isBackgroundName(name) ? 'background' : name);

function reordered(sample: Sample, idOf: readonly number[]): Sample {
  // What is ignored has no place among the classes.
  const moved = (id: number): number => idOf[id] ?? id;
  const { annotation, encoding } = sample;
  return {
    ...sample,
    ...(annotation && {
      annotation: {
        ...annotation,
        background: moved(annotation.background),
        shapes: annotation.shapes.map((shape) => ({ ...shape, classId: moved(shape.classId) })),
      },
    }),
    ...(encoding?.kind === 'colors' && {
      encoding: { kind: 'colors', classes: new Map([...encoding.classes].map(([color, id]) => [color, moved(id)])) },
    }),
  };
}
