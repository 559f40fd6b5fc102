/** The labels as colors, to be laid over the photograph. */
import type { LabelClass } from 'refinenet/web';
import { canvasOf, tint } from '../segment/layers.ts';
import type { LabeledPhoto } from './dataset.ts';

/** Ignored pixels are left as they are. */
export function labelLayer({ width, height, labels }: LabeledPhoto, classes: readonly LabelClass[]): OffscreenCanvas {
  const table = new Uint32Array(256);
  classes.forEach(({ color }, id) => {
    table[id] = tint(color);
  });
  return canvasOf(
    Uint32Array.from(labels, (id) => table[id] as number),
    width,
    height,
  );
}
