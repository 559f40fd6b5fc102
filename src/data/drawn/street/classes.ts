/** The classes of the drawn street: the eleven of CamVid. */
import { LABEL_SETS } from '../../../labels/sets/label-sets.ts';
import type { LabelClass } from '../../../labels/label-class.ts';

/** In the order of the shipped street model. */
export const STREET_CLASSES: readonly LabelClass[] = LABEL_SETS.camvid.classes;

const idOf = (name: string): number => STREET_CLASSES.findIndex((each) => each.name === name);

// Ids of what is drawn; fences and bicyclists are not.
export const SKY = idOf('sky');
export const BUILDING = idOf('building');
export const POLE = idOf('pole');
export const ROAD = idOf('road');
export const PAVEMENT = idOf('pavement');
export const TREE = idOf('tree');
export const SIGN = idOf('sign symbol');
export const CAR = idOf('car');
export const PEDESTRIAN = idOf('pedestrian');
