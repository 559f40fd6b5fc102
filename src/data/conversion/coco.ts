/** Writes COCO's JSON, a file a split: each connected part of a class is an annotation. */
import type { LabelMap } from '../../image/label-map.ts';
import { componentsOf } from '../../image/regions/components.ts';
import { regionsOf } from '../../image/regions/regions.ts';
import { compressRunLengths, runLengthsOf } from '../../image/regions/run-lengths.ts';
import { polygonsOf } from '../../image/regions/trace-polygons.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import { JSON_LIST_BYTES } from '../../limits.ts';
import { backgroundLoss, drawnIds, type StartWriting, utf8 } from './writer.ts';

const FOLDER = 'annotations';

/** An image's entries, as they are written but for their numbers. */
export interface Entry {
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
  const fileOf = (split: string, part: number) =>
    `${FOLDER}/instances_${split}${part === 0 ? '' : `_part${part + 1}`}.json`;
  return {
    async add({ split, image, labels }) {
      const { width, height } = labels;
      const file_name = image.slice(`images/${split}/`.length);
      entries.get(split)?.push({ image: { file_name, width, height }, annotations: annotationsOf(labels, ids, shift) });
    },
    async end() {
      const categories = ids.map((id) => ({ id: id + shift, name: dataset.classes[id]?.name, supercategory: '' }));
      const losses = backgroundLoss(dataset);
      let isParted = false;
      for (const [split, list] of entries) {
        const documents = documentsOf(list, categories);
        const files = documents.map((_, part) => fileOf(split, part));
        for (const [part, document] of documents.entries()) await sink.write(files[part] as string, utf8(document));
        if (files.length === 1) continue;
        isParted = true;
        losses.push(`The labels of ${split} are too many for one file: they are in ${files.join(', ')}.`);
      }
      return { entry: isParted ? FOLDER : fileOf(splits[0] as string, 0), losses };
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

/**
 * COCO's JSON in the order of the images' names, whichever was done first; in several parts where one would be longer than readers take.
 * @param longest the letters of a part, but for the categories.
 */
export function documentsOf(
  entries: readonly Entry[],
  categories: readonly unknown[],
  longest = LONGEST_DOCUMENT,
): string[] {
  const parts: Lines[] = [{ images: [], annotations: [] }];
  let letters = 0;
  let id = 0;
  for (const [index, { image, annotations }] of [...entries].sort(byName).entries()) {
    const head = JSON.stringify({ id: index + 1, ...image });
    const own = annotations.map((each) => JSON.stringify({ id: ++id, image_id: index + 1, ...each }));
    const length = own.reduce((sum, line) => sum + line.length + SEPARATOR.length, head.length + SEPARATOR.length);
    if (letters > 0 && letters + length > longest) {
      parts.push({ images: [], annotations: [] });
      letters = 0;
    }
    letters += length;
    const part = parts.at(-1) as Lines;
    part.images.push(head);
    for (const line of own) part.annotations.push(line);
  }
  const list = (lines: readonly string[]) => (lines.length === 0 ? '[]' : `[\n${lines.join(SEPARATOR)}\n]`);
  const names = list(categories.map((each) => JSON.stringify(each)));
  return parts.map(
    ({ images, annotations }) =>
      `{"images": ${list(images)},\n"annotations": ${list(annotations)},\n"categories": ${names}}\n`,
  );
}

interface Lines {
  readonly images: string[];
  readonly annotations: string[];
}

const SEPARATOR = ',\n';
/** Readers take some more, and letters of other alphabets have several bytes. */
const LONGEST_DOCUMENT = JSON_LIST_BYTES * 0.8;

const byName = (a: Entry, b: Entry): number => (a.image.file_name < b.image.file_name ? -1 : 1);
