/** Masks in MAT files, as data sets publish them. */
import { FormatError } from '../../errors.ts';
import type { LabelMap } from '../../image/label-map.ts';
import { SUN_RGBD_IDS } from '../../labels/sets/sun-rgbd.ts';
import { describeMat, type MatArray } from './arrays.ts';
import { personParts } from './person-parts.ts';
import { type ReadHdf5Mat, readMat } from './read-mat.ts';
import { rowsOf } from './rows.ts';

type Variables = ReadonlyMap<string, MatArray>;

interface Publication {
  readonly variable: string;
  readonly labels: (array: MatArray, variables: Variables, name: string) => LabelMap;
}

/** What is looked for in a file, in this order. */
const PUBLICATIONS: readonly Publication[] = [
  // PASCAL-Context: ids from 1 to 459, 0 for none.
  { variable: 'LabelMap', labels: (array, _, name) => rowsOf(array, `${name}: LabelMap`) },
  // PASCAL-Part.
  { variable: 'anno', labels: (array, _, name) => personParts(array, name) },
  // SUN RGB-D: numbers of names that each file has for itself.
  { variable: 'seglabel', labels: namedLabels },
  // The extended annotations of PASCAL VOC.
  {
    variable: 'GTcls',
    labels: (array, _, name) => {
      const inside = array.kind === 'structs' ? array.structs[0]?.get('Segmentation') : undefined;
      return rowsOf(inside ?? array, `${name}: Segmentation of GTcls`);
    },
  },
];

/**
 * The ids in a file.
 * @throws FormatError naming the file if it is damaged, has no labels, or several matrices of which none is known by its name.
 */
export async function decodeLabelMat(bytes: Uint8Array, name: string, readHdf5Mat?: ReadHdf5Mat): Promise<LabelMap> {
  const variables = await readMat(bytes, name, readHdf5Mat);
  for (const { variable, labels } of PUBLICATIONS) {
    const array = variables.get(variable);
    if (array !== undefined) return labels(array, variables, name);
  }
  const matrices = [...variables].filter(([, array]) => array.kind === 'numbers' && isImageLike(array));
  const [only] = matrices;
  if (only !== undefined && matrices.length === 1) return rowsOf(only[1], `${name}: ${only[0]}`);
  const content = [...variables].slice(0, 8).map(([variable, array]) => `${variable}, ${describeMat(array)}`);
  const known = PUBLICATIONS.map(({ variable }) => variable).join(', ');
  throw new FormatError(
    `${name}: it is not clear which variable has the labels: there is ${content.join('; ') || 'none'}. Looked for ${known}, or a single matrix.`,
  );
}

/** Whether a matrix is more than a number or a list of them. */
const isImageLike = ({ dimensions }: MatArray): boolean =>
  dimensions.length === 2 && dimensions.every((each) => each > 1);

/** Ids from 1 by the names in the file: those of SUN RGB-D's 37 classes; 0 for what has another name or none. */
function namedLabels(seglabel: MatArray, variables: Variables, name: string): LabelMap {
  const numbers = rowsOf(seglabel, `${name}: seglabel`);
  const names = variables.get('names');
  // Without names the numbers are the classes.
  if (names === undefined) return numbers;
  if (names.kind !== 'cells' || names.cells.some(({ kind }) => kind !== 'text')) {
    throw new FormatError(`${name}: names is ${describeMat(names)}, but a cell array of texts is needed.`);
  }
  const ids = [0];
  for (const cell of names.cells) {
    ids.push(cell.kind === 'text' ? (SUN_RGBD_IDS.get(cell.text.trim().toLowerCase()) ?? 0) : 0);
  }
  let highest = 0;
  for (const number of numbers.data) highest = Math.max(highest, number);
  if (highest >= ids.length) {
    throw new FormatError(
      `${name}: seglabel has the number ${highest}, but there are ${names.cells.length} names. Copy the file anew.`,
    );
  }
  return { ...numbers, data: numbers.data.map((number) => ids[number] as number) };
}
