/**
 * CutMix (Yun et al., ICCV 2019) for masks, with rectangles of any proportions as French et al. (BMVC 2020) draw them: a
 * rectangle of another sample is pasted with its mask.
 */
import * as z from 'zod';
import { between } from '../transforms/transform.ts';
import { MIX_OPTIONS, mixKind } from './mix.ts';

const share = z.number().min(0).max(1);

/** `area` is the share of the image, from which to which, that the rectangle covers. It lies inside the image. */
export const cutmix = mixKind({
  name: 'cutmix',
  options: z.strictObject({
    ...MIX_OPTIONS,
    area: z
      .tuple([share, share])
      .refine(([low, high]) => low <= high, { error: 'has its larger number first' })
      .default([0.1, 0.5]),
  }),
  create:
    ({ area }) =>
    ({ labels: { width, height } }, random) => {
      const covered = between(random, area);
      // Between the covered share and 1, so that neither side is longer than the image's; the logarithm is drawn evenly.
      const across = covered ** random.uniform();
      const cutWidth = Math.round(width * across);
      const cutHeight = covered === 0 ? 0 : Math.round((height * covered) / across);
      const left = random.integer(width - cutWidth + 1);
      const top = random.integer(height - cutHeight + 1);
      const chosen = new Uint8Array(width * height);
      for (let y = top; y < top + cutHeight; y++) chosen.fill(1, y * width + left, y * width + left + cutWidth);
      return chosen;
    },
});
