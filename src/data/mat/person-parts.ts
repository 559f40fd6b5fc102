/** The parts of people in PASCAL-Part's MAT files, merged to the seven classes of PASCAL-Person-Part. */
import { FormatError } from '../../errors.ts';
import type { LabelMap } from '../../image/label-map.ts';
import { LABEL_SETS } from '../../labels/sets/label-sets.ts';
import { firstOf } from '../../text.ts';
import { describeMat, type MatArray, type MatStructs } from './arrays.ts';
import { rowsOf } from './rows.ts';

const PERSON = 'person';

/**
 * The class of every part of a person, by its name in PASCAL-Part (Chen et al., 2014); l and r before a name are left and right,
 * l and u of limbs lower and upper. Hands belong to the lower arms, feet to the lower legs, and the neck to the torso (Chen et
 * al., "Attention to Scale", 2016).
 */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  Head: ['head', 'leye', 'reye', 'lear', 'rear', 'lebrow', 'rebrow', 'nose', 'mouth', 'hair'],
  Torso: ['torso', 'neck'],
  'Upper Arms': ['luarm', 'ruarm'],
  'Lower Arms': ['llarm', 'rlarm', 'lhand', 'rhand'],
  'Upper Legs': ['luleg', 'ruleg'],
  'Lower Legs': ['llleg', 'rlleg', 'lfoot', 'rfoot'],
};

const CLASS_OF_PART = new Map(
  LABEL_SETS['person-part'].classes.flatMap(({ name }, id) =>
    (PARTS[name] ?? []).map((part): readonly [string, number] => [part, id]),
  ),
);

/**
 * The classes of the parts of all people; what comes later lies on top. Other objects, and pixels of people that no part has,
 * are background.
 * @param anno the variable of this name: objects with class, mask and parts, which have part_name and mask.
 * @throws FormatError naming every object and part that is not so.
 */
export function personParts(anno: MatArray, name: string): LabelMap {
  const problems: string[] = [];
  const [first] = anno.kind === 'structs' ? anno.structs : [];
  const objects = structsOf(first?.get('objects'));
  const outline = objects?.[0]?.get('mask');
  if (objects === undefined || outline === undefined) {
    throw new FormatError(
      `${name}: anno is ${describeMat(anno)}, but not one of PASCAL-Part: its objects with class, mask and parts are missing.`,
    );
  }
  const { width, height } = rowsOf(outline, `${name}: the mask of object 1`);
  const data = new Uint8Array(width * height);
  for (const [index, object] of objects.entries()) {
    if (textOf(object.get('class')) !== PERSON) continue;
    for (const [place, part] of (structsOf(object.get('parts')) ?? []).entries()) {
      const where = `part ${place + 1} of object ${index + 1}`;
      const partName = textOf(part.get('part_name'));
      const classId = CLASS_OF_PART.get(partName ?? '');
      const mask = part.get('mask');
      if (classId === undefined || mask === undefined) {
        problems.push(
          mask === undefined ? `${where} has no mask` : `${where} is "${partName ?? ''}", which people do not have`,
        );
        continue;
      }
      const rows = rowsOf(mask, `${name}: ${where}`);
      if (rows.width !== width || rows.height !== height) {
        problems.push(`${where} is ${rows.width}x${rows.height}, but object 1 is ${width}x${height}`);
        continue;
      }
      for (let pixel = 0; pixel < data.length; pixel++) if (rows.data[pixel] !== 0) data[pixel] = classId;
    }
  }
  if (problems.length > 0) {
    throw new FormatError(`${name}: ${firstOf(problems, 5, '; ')}. Correct the file, or copy it anew.`);
  }
  return { width, height, data };
}

function structsOf(array: MatArray | undefined): MatStructs['structs'] | undefined {
  return array?.kind === 'structs' ? array.structs : undefined;
}

const textOf = (array: MatArray | undefined): string | undefined => (array?.kind === 'text' ? array.text : undefined);
