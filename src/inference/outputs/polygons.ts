/** Polygons with holes as JSON. */
import { encodeDocument } from './described-regions.ts';
import type { OutputFormat } from './output-format.ts';
import { polygonRegions } from './polygon-regions.ts';

/** {image, width, height, tolerance, regions}, each region as in polygon-regions.ts. */
export const polygons: OutputFormat = {
  name: 'polygons',
  extension: '.polygons.json',
  description: 'JSON with polygons and their holes, along the edges of pixels',
  encode(segmentation, context) {
    const { width, height } = segmentation.labels;
    const head = { image: context.image, width, height, tolerance: context.tolerance ?? 0 };
    const content = encodeDocument(head, 'regions', polygonRegions(segmentation, context));
    return [{ suffix: polygons.extension, content }];
  },
};
