/** The data set formats, the more particular ones first: adding one is a file beside this and a line here. */
import { ade20k } from './ade20k.ts';
import { camvidColors } from './camvid/colors.ts';
import { camvidFastai } from './camvid/fastai.ts';
import { camvidSegnet } from './camvid/segnet.ts';
import { cityscapes } from './cityscapes.ts';
import { coco } from './coco/coco.ts';
import { cocoStuff } from './coco-stuff.ts';
import { colorMasks } from './color-masks.ts';
import { cvat } from './cvat.ts';
import type { DatasetFormat } from './format.ts';
import { labelStudio } from './label-studio.ts';
import { labelme } from './labelme.ts';
import { mmsegmentation } from './mmsegmentation.ts';
import { nyudv2 } from './nyudv2.ts';
import { pairLists } from './pair-lists.ts';
import { pascalContext } from './pascal-context.ts';
import { personPart } from './person-part.ts';
import { sunRgbd } from './sun-rgbd.ts';
import { supervisely } from './supervisely.ts';
import { twoFolders } from './two-folders.ts';
import { ultralytics } from './ultralytics.ts';
import { via } from './via/via.ts';
import { voc } from './voc.ts';
import { yolo } from './yolo.ts';

export const DATASET_FORMATS: readonly DatasetFormat[] = [
  yolo,
  ultralytics,
  pascalContext,
  personPart,
  sunRgbd,
  voc,
  cityscapes,
  cocoStuff,
  ade20k,
  nyudv2,
  camvidSegnet,
  camvidFastai,
  camvidColors,
  coco,
  cvat,
  labelStudio,
  via,
  supervisely,
  labelme,
  colorMasks,
  mmsegmentation,
  pairLists,
  twoFolders,
];
