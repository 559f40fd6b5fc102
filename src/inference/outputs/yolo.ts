/** Polygons as the text that YOLO's segmentation tools train from. */
import { describeRegions } from './described-regions.ts';
import { bridgeHoles } from '../../image/regions/bridged-holes.ts';
import type { OutputFormat } from './output-format.ts';
import { type Polygon, polygonsOf } from '../../image/regions/trace-polygons.ts';
import { normalizedOutline } from '../../image/regions/normalized-outline.ts';

/**
 * A connected component a line: `class x y x y ...`, x divided by the width and y by the height, 8 decimals. A line is one closed
 * outline and knows no holes: a cut of no width leads from the outline to each hole and back, so that filling it (by the even-odd
 * rule, as these tools do) gives the component without its holes.
 */
export const yolo: OutputFormat = {
  name: 'yolo',
  extension: '.txt',
  description: 'YOLO segmentation text, a component a line',
  encode(segmentation, context) {
    const { labels } = segmentation;
    const { components, regions } = describeRegions(segmentation, context, 'component');
    const present = new Set(regions.map(({ label }) => label));
    const polygons = polygonsOf(labels, components, (label) => present.has(label));
    const lines = regions.map(({ label, components: [id] }) => {
      const outline = bridgeHoles(polygons.get(id as number) as Polygon, labels, components, context.tolerance ?? 0);
      return `${label} ${normalizedOutline(outline, labels)}\n`;
    });
    return [{ suffix: yolo.extension, content: new TextEncoder().encode(lines.join('')) }];
  },
};
