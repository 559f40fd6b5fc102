/** Writes COCO's JSON, a file a split: each connected part of a class is an annotation. */
import type { LabelMap } from '../../image/label-map.ts';
import { componentsOf } from '../../image/regions/components.ts';
import { regionsOf } from '../../image/regions/regions.ts';
import { compressRunLengths, runLengthsOf } from '../../image/regions/run-lengths.ts';
import { polygonsOf } from '../../image/regions/trace-polygons.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { drawnIds, type StartWriting, utf8 } from './writer.ts';

/** An image's entries, as they are written but for their numbers. */
interface Entry {
  readonly image: { readonly file_name: string; readonly width: number; readonly height: number };
  readonly annotations: readonly Readonly<Record<string, unknown>>[];
}

/**
 * A part without holes is a polygon along the edges of its pixels, which pycocotools fills to just these; one with holes has
 * run lengths. Pixels to ignore are a crowd. The background is not drawn; a category's id is the class's, from 1 on where class 0
 * is drawn too.
 */
export const cocoWriter: StartWriting = ({ dataset, splits, sink }) => {
  const ids = drawnIds(dataset);
  const shift = ids.includes(0) ? 1 : 0;
  const entries = new Map<string, Entry[]>(splits.map((split) => [split, []]));
  const fileOf = (split: string) => `annotations/instances_${split}.json`;
  return {
    async add({ split, image, labels }) {
      const { width, height } = labels;
      const file_name = image.slice(`images/${split}/`.length);
      entries.get(split)?.push({ image: { file_name, width, height }, annotations: annotationsOf(labels, ids, shift) });
    },
    async end() {
      const categories = ids.map((id) => ({ id: id + shift, name: dataset.classes[id]?.name, supercategory: '' }));
      for (const [split, list] of entries) await sink.write(fileOf(split), documentOf(list, categories));
      return { entry: fileOf(splits[0] as string), losses: [] };
    },
  };
};

function annotationsOf(labels: LabelMap, ids: readonly number[], shift: number): Entry['annotations'] {
  const { width, height } = labels;
  const wanted = new Set([...ids, IGNORE_INDEX]);
  const components = componentsOf(labels);
  const isWanted = (label: number) => wanted.has(label);
  const regions = regionsOf(components, { by: 'component', isWanted, minimumPixels: 1 });
  const polygons = polygonsOf(labels, components, isWanted);
  const isPolygon = (component: number, label: number) =>
    label !== IGNORE_INDEX && polygons.get(component)?.holes.length === 0;
  const packed = regions.filter(({ components: [id], label }) => !isPolygon(id as number, label));
  const counts = new Map(runLengthsOf(components, packed).map((list, index) => [packed[index], list]));
  return regions.map((region) => {
    const {
      label,
      pixels,
      box,
      components: [id],
    } = region;
    const runs = counts.get(region);
    const isIgnored = label === IGNORE_INDEX;
    return {
      category_id: (isIgnored ? (ids[0] as number) : label) + shift,
      segmentation: runs
        ? { size: [height, width], counts: compressRunLengths(runs) }
        : [polygons.get(id as number)?.exterior],
      area: pixels,
      bbox: [box.x, box.y, box.width, box.height],
      iscrowd: isIgnored ? 1 : 0,
    };
  });
}

/** In the order of the names, whichever was done first. */
function documentOf(entries: readonly Entry[], categories: readonly unknown[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => (a.image.file_name < b.image.file_name ? -1 : 1));
  const images = sorted.map(({ image }, index) => ({ id: index + 1, ...image }));
  let id = 0;
  const annotations = sorted.flatMap(({ annotations: own }, index) =>
    own.map((annotation) => ({ id: ++id, image_id: index + 1, ...annotation })),
  );
  const lines = (list: readonly unknown[]) =>
    list.length === 0 ? '[]' : `[\n${list.map((each) => JSON.stringify(each)).join(',\n')}\n]`;
  return utf8(
    `{"images": ${lines(images)},\n"annotations": ${lines(annotations)},\n"categories": ${lines(categories)}}\n`,
  );
}
