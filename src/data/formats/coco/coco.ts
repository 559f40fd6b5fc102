/**
 * Reads COCO's JSON (https://cocodataset.org/#format-data) as COCO, CVAT, Roboflow, Label Studio and Supervisely write it: polygons and run
 * lengths of objects or of stuff, or an image of segments (panoptic).
 */
import { FormatError } from '../../../errors.ts';
import { addToGroup } from '../../../groups.ts';
import { classesNamed } from '../../../labels/classes-named.ts';
import { IGNORE_INDEX } from '../../../labels/label-table.ts';
import type { AnnotatedShape, ImageAnnotation, ShapeFault } from '../../annotations/annotation.ts';
import { drawnClasses } from '../../annotations/drawn-classes.ts';
import { type LayoutFault, type Pairs, withFaults } from '../../pairing.ts';
import { type AnnotatedImage, annotatedSplits } from '../annotated-layout.ts';
import { withUnlisted } from '../unlisted-images.ts';
import type { Folder } from '../folder.ts';
import { ONLY_TRAIN } from '../folder-layouts.ts';
import type { DatasetFormat, DatasetLayout } from '../format.ts';
import { readEach } from '../problem-list.ts';
import { cocoFiles, cocoPaths } from './files.ts';
import { cocoGeometry } from './geometry.ts';
import { panopticImages, placesOfImages } from './panoptic.ts';
import { type CocoAnnotation, type CocoCategory, type CocoFile, type CocoImage, isPanoptic } from './schema.ts';

export const coco: DatasetFormat = {
  name: 'coco',
  looksFor: 'a JSON with images, annotations and categories at the root, in annotations/, or in folders of splits',
  detect: async (folder) => (await cocoPaths(folder)).length > 0,
  async read(folder) {
    const { files, notes: passed } = await cocoFiles(folder);
    const { categories, notes } = categoriesOf(folder, files);
    const layout = files.some(({ document }) => isPanoptic(document)) ? panoptic : drawn;
    const { splits, ...rest } = await layout(folder, files, categories);
    const isSplit = splits.size > 1 || !splits.has('train');
    return { ...rest, splits, notes: [...passed, ...notes, ...(rest.notes ?? []), ...(isSplit ? [] : [ONLY_TRAIN])] };
  },
};

/** By their ids, which may have gaps; all files must agree. */
function categoriesOf(
  folder: Folder,
  files: readonly CocoFile[],
): { readonly categories: readonly CocoCategory[]; readonly notes: readonly string[] } {
  const byId = new Map<number, CocoCategory>();
  const problems: string[] = [];
  for (const { path, document } of files) {
    const seen = new Set<number>();
    for (const category of document.categories) {
      const other = byId.get(category.id);
      if (seen.has(category.id)) problems.push(`${path} has category ${category.id} twice`);
      else if (other !== undefined && other.name !== category.name)
        problems.push(`category ${category.id} is ${category.name} in ${path}, but ${other.name} in another file`);
      seen.add(category.id);
      byId.set(category.id, other ?? category);
    }
  }
  if (byId.size === 0) problems.push('there are no categories');
  if (problems.length > 0) throw new FormatError(`${folder.name}: ${problems.join('; ')}. Export the labels anew.`);
  const all = [...byId.values()].sort((a, b) => a.id - b.id);
  const used = new Set(files.flatMap(({ document }) => document.annotations.map(({ category_id }) => category_id)));
  const headings = all.filter((category) => isHeading(category, all, used));
  return {
    categories: all.filter((category) => !headings.includes(category)),
    notes: headings.map(({ name }) => `The category ${name} is only the heading of the others, so it is no class.`),
  };
}

/** Roboflow writes what it calls all categories as another one, in front of them. */
function isHeading({ id, name }: CocoCategory, all: readonly CocoCategory[], used: ReadonlySet<unknown>): boolean {
  const others = all.filter((each) => each.id !== id);
  return others.length > 0 && !used.has(id) && others.every(({ supercategory }) => supercategory === name);
}

async function panoptic(
  folder: Folder,
  files: readonly CocoFile[],
  categories: readonly CocoCategory[],
): Promise<DatasetLayout> {
  const classOf = new Map(categories.map(({ id }, index) => [id, index]));
  const read = (file: CocoFile) => panopticImages(folder, file, classOf, placesOfImages(file.path, file.split));
  const images = (await readEach(files, read)).flat();
  return {
    classes: classesNamed(categories.map(({ name }) => name)),
    encoding: { kind: 'colors', classes: new Map() },
    splits: withUnlisted(folder, await annotatedSplits(folder, images)),
    notes: ['Pixels of no segment, and those of crowds, are ignored.'],
  };
}

async function drawn(
  folder: Folder,
  files: readonly CocoFile[],
  categories: readonly CocoCategory[],
): Promise<DatasetLayout> {
  const { classes, background, idOf } = drawnClasses(categories.map(({ name }) => name));
  const classOf = new Map(categories.map(({ id, name }) => [id, idOf(name) as number]));
  const images: AnnotatedImage[] = [];
  const strays: Stray[] = [];
  for (const { path, split, document } of files) {
    const byImage = new Map<CocoImage['id'], CocoAnnotation[]>(document.images.map(({ id }) => [id, []]));
    for (const [index, annotation] of document.annotations.entries()) {
      const own = byImage.get(annotation.image_id);
      if (own) own.push(annotation);
      else
        strays.push({
          split,
          fault: {
            kind: 'missing-listed',
            path: `image_id ${annotation.image_id}`,
            detail: `of ${path}, annotation id ${annotation.id ?? `(${index + 1}th)`}; no image has it`,
          },
        });
    }
    const near = placesOfImages(path, split);
    for (const image of document.images) {
      const annotation = annotationOf(image, byImage.get(image.id) ?? [], classOf, background);
      images.push({ name: image.file_name, near, file: path, split, annotation });
    }
  }
  const splits = withUnlisted(folder, await annotatedSplits(folder, images));
  return { classes, encoding: null, splits: withStrays(splits, strays) };
}

/** An annotation of an image that its file does not list. */
interface Stray {
  readonly split: string | undefined;
  readonly fault: LayoutFault;
}

/** The splits with what is astray among their faults; in the first where no name says which. */
function withStrays(splits: ReadonlyMap<string, Pairs>, strays: readonly Stray[]): Map<string, Pairs> {
  const [first = 'train'] = splits.keys();
  const found = new Map<string, LayoutFault[]>();
  for (const { split = first, fault } of strays) {
    addToGroup(found, split, fault);
  }
  return withFaults(splits, found);
}

/** Crowds, which are marked roughly, are ignored where no object lies on them. */
const CROWD_LAYER = -1;

function annotationOf(
  { width, height }: CocoImage,
  annotations: readonly CocoAnnotation[],
  classOf: ReadonlyMap<number, number>,
  background: number,
): ImageAnnotation {
  const shapes: AnnotatedShape[] = [];
  const faults: ShapeFault[] = [];
  for (const [index, { id, category_id, segmentation, iscrowd }] of annotations.entries()) {
    const number = Number.isFinite(Number(id ?? Number.NaN)) ? Number(id) : index + 1;
    const classId = classOf.get(category_id as number);
    if (classId === undefined) faults.push({ kind: 'unknown-class', number, detail: `category_id ${category_id}` });
    const { geometry, faults: own } = cocoGeometry(segmentation);
    for (const fault of own) faults.push({ ...fault, number });
    if (!geometry || classId === undefined) continue;
    shapes.push(
      iscrowd ? { number, classId: IGNORE_INDEX, geometry, layer: CROWD_LAYER } : { number, classId, geometry },
    );
  }
  const isSized = typeof width === 'number' && typeof height === 'number' && width > 0 && height > 0;
  return {
    ...(isSized && { size: { width, height } }),
    shapes,
    background,
    order: 'smaller',
    unit: 'annotation id',
    faults,
    ...(annotations.length === 0 && { unlabeled: 'listed' as const }),
  };
}
