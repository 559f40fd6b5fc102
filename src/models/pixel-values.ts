/** What every network takes and gives. */
import type { Dimension } from '../graph/dimension.ts';
import { input, type Value } from '../graph/value.ts';

/** The name of a network's input, as Hugging Face's image models call it. */
export const PIXEL_VALUES = 'pixel_values';

/** The name of a network's output. */
export const LOGITS = 'logits';

/** A graph input for images whose batch, height and width are open unless given. */
export function pixelValues(shape: { batch?: Dimension; height?: Dimension; width?: Dimension } = {}): Value {
  const { batch = 'batch', height = 'height', width = 'width' } = shape;
  return input(PIXEL_VALUES, 'float32', [batch, 3, height, width]);
}
