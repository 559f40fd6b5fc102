/** How much one request may ask of the network. */
import type { ImageSize, Preprocessing } from '../../image/preprocess.ts';
import { SERVER } from '../../limits.ts';
import { PROTOCOLS } from '../../inference/protocols.ts';
import { Refusal } from '../http/refusal.ts';
import type { Variant } from './predictors.ts';

/**
 * Long, narrow images are enlarged by models that want a shortest side, and scales enlarge any: a small file could take all
 * memory.
 * @throws Refusal if the image enters the network with more pixels than the limit.
 */
export function checkNetworkPixels(
  image: ImageSize,
  { scales, flip, protocol = 'plain' }: Variant,
  preprocessing: Preprocessing,
  pixelLimit: number,
): void {
  const { scales: usual, flip: usually, inputSizes } = PROTOCOLS[protocol];
  let all = 0;
  for (const scale of scales ?? usual) {
    for (const { width, height } of inputSizes(image, scale, preprocessing)) {
      if (width * height > pixelLimit) {
        throw new Refusal(
          413,
          `At scale ${scale} this ${image.width}x${image.height} image enters the network at ${width}x${height}, more than the ${pixelLimit} pixels allowed. Give a smaller image or scale.`,
        );
      }
      all += width * height * ((flip ?? usually) ? 2 : 1);
    }
  }
  if (all > SERVER.runs * pixelLimit) {
    throw new Refusal(
      413,
      `All runs of the network together take ${all} pixels, more than the ${SERVER.runs * pixelLimit} allowed. Ask for fewer scales.`,
    );
  }
}
