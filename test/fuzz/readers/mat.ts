/** Masks in MAT files. */
import { decodeLabelMat } from '../../../src/data/mat/label-mat.ts';
import { asHdf5, readHdf5Mat } from '../../support/hdf5-mat-file.ts';
import { matFile, rows, type Value } from '../../support/mat-file.ts';
import type { Reader } from '../reader.ts';
import { matStructures } from '../structures/mat.ts';

const IDS = Array.from({ length: 48 }, (_, index) => index % 7);
const PART: Readonly<Record<string, Value>> = { part_name: 'head', mask: rows(8, IDS, 'logical') };
const PERSON: Readonly<Record<string, Value>> = {
  class: 'person',
  mask: rows(8, IDS, 'logical'),
  parts: { structs: [PART, PART] },
};

const CONTENTS: readonly Readonly<Record<string, Value>>[] = [
  { LabelMap: rows(8, IDS, 'uint16') },
  { mask: rows(8, IDS, 'double') },
  { anno: { structs: [{ imname: 'x', objects: { structs: [PERSON] } }] } },
  { names: { cells: ['wall', 'bed', 'a', 'b', 'c', 'd'] }, seglabel: rows(8, IDS) },
  { GTcls: { structs: [{ Segmentation: rows(8, IDS, 'int32') }] } },
];

export const MAT_READERS: readonly Reader[] = [
  {
    name: 'masks in MAT files',
    seeds: () =>
      CONTENTS.flatMap((content) => [
        matFile(content),
        matFile(content, { isCompressed: true }),
        matFile(content, { isBigEndian: true }),
      ]),
    structures: matStructures,
    read: (bytes) => decodeLabelMat(bytes, 'x.mat'),
  },
  {
    name: 'masks in MAT files of version 7.3',
    seeds: () =>
      Promise.all(CONTENTS.flatMap((content) => [false, true].map((packed) => asHdf5(matFile(content), packed)))),
    read: (bytes) => decodeLabelMat(bytes, 'x.mat', readHdf5Mat),
    // A thread is started anew after each file that the library cannot read.
    cost: 20,
  },
];
