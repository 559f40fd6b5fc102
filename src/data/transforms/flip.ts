/** Mirroring. */
import * as z from 'zod';
import { image } from '../../image/image.ts';
import { transformKind } from './transform.ts';
import { byteLabels, type View, type Window } from './view.ts';

export const probability = z.number().min(0).max(1);

/** Swaps left and right with a probability. */
export const flip = transformKind({
  name: 'flip',
  options: z.strictObject({ probability: probability.default(0.5) }),
  create: (options) => (view, random) => (random.uniform() < options.probability ? mirrored(view) : view),
});

function mirrored(view: View): View {
  const across = (window: Window) => ({ ...window, left: view.width - window.left - window.width });
  return {
    width: view.width,
    height: view.height,
    image(window) {
      const { width, height, data } = view.image(across(window));
      const result = new Uint8Array(data.length);
      for (let y = 0; y < height; y++) {
        let from = ((y + 1) * width - 1) * 3;
        for (let to = y * width * 3; to < (y + 1) * width * 3; to += 3, from -= 3) {
          result[to] = data[from] as number;
          result[to + 1] = data[from + 1] as number;
          result[to + 2] = data[from + 2] as number;
        }
      }
      return image(width, height, result);
    },
    labels(window) {
      const { width, height, data } = view.labels(across(window));
      const result = data.slice();
      for (let y = 0; y < height; y++) result.subarray(y * width, (y + 1) * width).reverse();
      return byteLabels(width, height, result);
    },
  };
}
