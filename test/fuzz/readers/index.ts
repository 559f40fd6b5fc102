/** All readers of what strangers give. Adding one is an entry in one of these lists. */
import type { Reader } from '../reader.ts';
import { DOCUMENT_READERS } from './documents.ts';
import { LABEL_READERS } from './labels.ts';
import { PICTURE_READERS } from './images.ts';
import { MAT_READERS } from './mat.ts';
import { WEIGHTS_READERS } from './weights.ts';

export const READERS: readonly Reader[] = [
  ...WEIGHTS_READERS,
  ...PICTURE_READERS,
  ...DOCUMENT_READERS,
  ...LABEL_READERS,
  ...MAT_READERS,
];
