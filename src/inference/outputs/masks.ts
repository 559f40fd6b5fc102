/** A binary image for each class. */
import { encode } from 'fast-png';
import { presentLabels } from '../../image/label-map.ts';
import { type OutputFormat, wantedClasses } from './output-format.ts';

/** PNGs of 1 bit a pixel, white where the class is: one for each class found, or for each of `only`. Named by id and class name. */
export const masks: OutputFormat = {
  name: 'masks',
  extension: '.mask-CLASS.png',
  description: 'a black and white PNG for each class found',
  encode({ labels }, context) {
    const { width, height, data } = labels;
    const ids = context.only ? [...new Set(context.only)] : presentLabels(labels).filter(wantedClasses(context));
    const rowBytes = Math.ceil(width / 8);
    return ids.map((id) => {
      const packed = new Uint8Array(rowBytes * height);
      for (let y = 0, pixel = 0; y < height; y++) {
        for (let x = 0; x < width; x++, pixel++) {
          const byte = y * rowBytes + (x >> 3);
          if (data[pixel] === id) packed[byte] = (packed[byte] as number) | (128 >> (x & 7));
        }
      }
      const content = encode({ width, height, data: packed, channels: 1, depth: 1 });
      return { suffix: `.mask-${fileName(id, context.classes[id]?.name ?? '')}.png`, content };
    });
  },
};

/** Letters and digits only, whatever classes are called. */
function fileName(id: number, name: string): string {
  const words = name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return [id, ...words].join('-');
}
