/** Puts classes that labels call by name into the order of a list that was asked for. */
import { UsageError } from '../errors.ts';
import type { LabelClass } from '../labels/label-class.ts';
import { isBackgroundName } from './annotations/drawn-classes.ts';
import type { MaskEncoding } from './mask.ts';
import type { Pairs } from './pairing.ts';
import type { Sample } from './sample.ts';

/** What says of pixels which class they are. */
interface Labeling {
  readonly splits: ReadonlyMap<string, Pairs>;
  readonly encoding: MaskEncoding | null;
}

/** Whether samples were drawn, so that ids are places in a list of names, and not what masks hold. */
const areDrawn = (splits: ReadonlyMap<string, Pairs>): boolean =>
  [...splits.values()].some(({ samples }) =>
    samples.some(({ annotation, encoding }) => annotation !== undefined || encoding !== undefined),
  );

/**
 * The labels with the ids that the classes have in the list asked for, where shapes or a table of colors call classes by name;
 * background may be called as tools call it. A table's classes are given other names by a list that has none of theirs at another
 * place.
 * @throws UsageError if the names are not the same.
 */
export function inOrderOf(
  wanted: readonly LabelClass[],
  classes: readonly LabelClass[],
  labeling: Labeling,
  dataset: string,
): Labeling {
  const { splits, encoding } = labeling;
  const ids = new Map(wanted.map(({ name }, id) => [keyOf(name), id]));
  const places = new Map(wanted.map(({ name }, id) => [keyOf(name).toLowerCase(), id]));
  const isMoved = classes.some(({ name }, id) => (places.get(keyOf(name).toLowerCase()) ?? id) !== id);
  if (!areDrawn(splits) && !(encoding?.kind === 'colors' && isMoved)) return labeling;
  const missing = classes.filter(({ name }) => !ids.has(keyOf(name)));
  if (missing.length > 0) {
    const names = (list: readonly LabelClass[]) => list.map(({ name }) => name).join(', ');
    throw new UsageError(
      `${dataset}: the labels have no class of some names that were given (${names(wanted)}); they have ${names(classes)}. ` +
        'Give these names, in any order, or rename the classes in the labels.',
    );
  }
  if (!isMoved) return labeling;
  // What is ignored has no place among the classes.
  const idOf = classes.map(({ name }) => ids.get(keyOf(name)) as number);
  const moved: MoveId = (id) => idOf[id] ?? id;
  return {
    splits: new Map(
      [...splits].map(([split, { samples, faults }]) => [
        split,
        { samples: samples.map((sample) => reordered(sample, moved)), faults },
      ]),
    ),
    encoding: encoding && reorderedColors(encoding, moved),
  };
}

type MoveId = (id: number) => number;

const keyOf = (name: string): string => (isBackgroundName(name) ? 'background' : name);

function reordered(sample: Sample, moved: MoveId): Sample {
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
    ...(encoding && { encoding: reorderedColors(encoding, moved) }),
  };
}

/** Ids in masks are what they are. */
function reorderedColors(encoding: MaskEncoding, moved: MoveId): MaskEncoding {
  if (encoding.kind !== 'colors') return encoding;
  return { kind: 'colors', classes: new Map([...encoding.classes].map(([color, id]) => [color, moved(id)])) };
}
