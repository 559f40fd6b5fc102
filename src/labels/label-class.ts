/** A class of pixels. */
import type { Color } from '../image/image.ts';

/** A class that a data set has or a network tells apart; its id is its position in the list of classes. */
export interface LabelClass {
  readonly name: string;
  readonly color: Color;
}
