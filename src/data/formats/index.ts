/** The data set formats, the more particular ones first: adding one is a file beside this and a line here. */
import { ade20k } from './ade20k.ts';
import { camvidColors } from './camvid-colors.ts';
import { camvidFastai } from './camvid-fastai.ts';
import { camvidSegnet } from './camvid-segnet.ts';
import { cityscapes } from './cityscapes.ts';
import { cocoStuff } from './coco-stuff.ts';
import { colorMasks } from './color-masks.ts';
import type { DatasetFormat } from './format.ts';
import { mmsegmentation } from './mmsegmentation.ts';
import { nyudv2 } from './nyudv2.ts';
import { pairLists } from './pair-lists.ts';
import { twoFolders } from './two-folders.ts';
import { ultralytics } from './ultralytics.ts';
import { voc } from './voc.ts';

export const DATASET_FORMATS: readonly DatasetFormat[] = [
  ultralytics,
  voc,
  cityscapes,
  cocoStuff,
  ade20k,
  nyudv2,
  camvidSegnet,
  camvidFastai,
  camvidColors,
  colorMasks,
  mmsegmentation,
  pairLists,
  twoFolders,
];
