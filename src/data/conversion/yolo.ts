/** Writes YOLO's segmentation labels: a text an image, a line for each connected part of a class. */
import type { LabelMap } from '../../image/label-map.ts';
import { bridgeHoles } from '../../image/regions/bridged-holes.ts';
import { componentsOf } from '../../image/regions/components.ts';
import { normalizedOutline } from '../../image/regions/normalized-outline.ts';
import { regionsOf } from '../../image/regions/regions.ts';
import { type Polygon, polygonsOf } from '../../image/regions/trace-polygons.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { count } from '../../text.ts';
import { backgroundLoss, dataYaml, drawnIds, type StartWriting, utf8 } from './writer.ts';

/**
 * The background is not drawn, and has no number. Holes are reached over cuts without width. Pixels to ignore cannot be said: they
 * become background.
 */
export const yoloWriter: StartWriting = ({ dataset, splits, sink }) => {
  const ids = drawnIds(dataset);
  const names = ids.map((id) => dataset.classes[id]?.name as string);
  let imagesWithIgnored = 0;
  return {
    async add({ name, labels }) {
      if (labels.data.includes(IGNORE_INDEX)) imagesWithIgnored++;
      await sink.write(`labels/${name}.txt`, utf8(linesOf(labels, ids)));
    },
    async end() {
      await sink.write('data.yaml', dataYaml(splits, names));
      const ignored = `In ${count(imagesWithIgnored, 'image')} pixels are ignored; YOLO's texts cannot say that, so they are background there.`;
      return {
        entry: 'data.yaml',
        losses: [...backgroundLoss(dataset), ...(imagesWithIgnored === 0 ? [] : [ignored])],
      };
    },
  };
};

function linesOf(labels: LabelMap, ids: readonly number[]): string {
  const components = componentsOf(labels);
  const isWanted = (label: number) => ids.includes(label);
  const polygons = polygonsOf(labels, components, isWanted);
  return regionsOf(components, { by: 'component', isWanted, minimumPixels: 1 })
    .map(({ label, components: [id] }) => {
      const outline = bridgeHoles(polygons.get(id as number) as Polygon, labels, components, 0);
      return `${ids.indexOf(label)} ${normalizedOutline(outline, labels)}\n`;
    })
    .join('');
}
