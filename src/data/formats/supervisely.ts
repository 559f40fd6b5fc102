/** Reads Supervisely's projects (https://docs.supervisely.com/data-organization): meta.json, and in each data set img/ and ann/. */
import * as z from 'zod/mini';
import { FormatError } from '../../errors.ts';
import type { ImageAnnotation } from '../annotations/annotation.ts';
import { collectShapes, type ReadShape, withoutArea } from '../annotations/collect-shapes.ts';
import { type DrawnClasses, drawnClasses, hexColor } from '../annotations/drawn-classes.ts';
import { rectangleRing } from '../annotations/ellipse.ts';
import { brokenGeometry, outlineGeometry, type ReadGeometry } from '../annotations/read-geometry.ts';
import { fileNameOf, folderOf, isImage, joinPaths, withoutExtension } from '../file-source.ts';
import { type AnnotatedImage, annotatedSplits } from './annotated-layout.ts';
import type { Folder } from './folder.ts';
import { ONLY_TRAIN } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { filesWith, readJson } from './json-file.ts';
import { readEach } from './problem-list.ts';

const META = z.object({ classes: z.array(z.object({ title: z.string(), color: z.optional(z.unknown()) })) });

const POINTS = z.array(z.array(z.number()).check(z.length(2)));
const OBJECT = z.object({
  classTitle: z.string(),
  geometryType: z.optional(z.string()),
  points: z.optional(z.nullable(z.object({ exterior: POINTS, interior: z.optional(z.nullable(z.array(POINTS))) }))),
  bitmap: z.optional(z.nullable(z.object({ data: z.string(), origin: z.tuple([z.number(), z.number()]) }))),
});
type DrawnObject = z.output<typeof OBJECT>;
const ANNOTATION = z.object({
  size: z.object({ width: z.number(), height: z.number() }),
  objects: z.array(OBJECT),
});

const AHEAD = 8;

export const supervisely: DatasetFormat = {
  name: 'supervisely',
  looksFor: 'meta.json with classes, and folders with img/ and ann/',
  detect: async (folder) =>
    annotationPaths(folder).length > 0 && (await filesWith(folder, metaOf(folder), [/"classes"\s*:\s*\[/])).length > 0,
  async read(folder) {
    const [meta] = metaOf(folder);
    if (meta === undefined)
      throw new FormatError(`${folder.name}: Supervisely's layout lacks meta.json beside the data sets.`);
    const { classes: named } = await readJson(folder, meta, META, "Supervisely's meta.json with classes");
    const classes = drawnClasses(
      named.map(({ title }) => title),
      named.map(({ color }) => hexColor(color)),
    );
    const read = async (path: string): Promise<AnnotatedImage> => {
      const { size, objects } = await readJson(
        folder,
        path,
        ANNOTATION,
        "Supervisely's annotation with size and objects",
        { objects: (index) => `object ${index + 1}` },
      );
      const place = joinPaths(folderOf(folderOf(path)), 'img');
      const annotation: ImageAnnotation = {
        size,
        ...collectShapes(objects.map(shapeOf), classes.idOf),
        background: classes.background,
        order: 'later',
        unit: 'object',
        ...(objects.length === 0 && { unlabeled: 'listed' as const }),
      };
      return {
        name: `${place}/${fileNameOf(withoutExtension(path))}`,
        near: [''],
        path: imageAt(folder, place, path),
        file: path,
        annotation,
      };
    };
    const images = await readEach(annotationPaths(folder), read, AHEAD);
    const splits = await annotatedSplits(folder, [...images, ...unlisted(folder, images, classes)]);
    const isSplit = splits.size > 1 || !splits.has('train');
    return { classes: classes.classes, encoding: null, splits, notes: isSplit ? [] : [ONLY_TRAIN] };
  },
};

const metaOf = (folder: Folder): readonly string[] => folder.filesIn('').filter((path) => path === 'meta.json');

function annotationPaths(folder: Folder): readonly string[] {
  return folder.paths.filter((path) => /(^|\/)ann\/[^/]+\.json$/.test(path));
}

/** The name is the image's with `.json` behind; it once was without the image's extension. */
function imageAt(folder: Folder, place: string, annotation: string): string | undefined {
  const name = fileNameOf(withoutExtension(annotation));
  const exact = folder.firstFile([`${place}/${name}`]);
  return exact ?? folder.filesIn(place).find((path) => isImage(path) && fileNameOf(withoutExtension(path)) === name);
}

function shapeOf(object: DrawnObject): ReadShape {
  return { className: object.classTitle, ...geometryOf(object) };
}

function geometryOf({ geometryType: type = 'polygon', points, bitmap }: DrawnObject): ReadGeometry {
  if (type === 'bitmap') {
    if (!bitmap) return brokenGeometry('its bitmap is missing');
    const [x, y] = bitmap.origin;
    return { geometry: { kind: 'bitmap', x, y, png: bitmap.data, isDeflated: true }, faults: [] };
  }
  if (type !== 'polygon' && type !== 'rectangle') return withoutArea(type);
  if (!points) return brokenGeometry('its points are missing');
  if (type === 'polygon')
    return withHoles(
      points.exterior.flat(),
      (points.interior ?? []).map((hole) => hole.flat()),
    );
  const [a, b] = points.exterior;
  if (!a || !b) return brokenGeometry('a rectangle has two corners');
  return outlineGeometry([rectangleRing(a[0] as number, a[1] as number, b[0] as number, b[1] as number)]);
}

function withHoles(exterior: readonly number[], holes: readonly (readonly number[])[]): ReadGeometry {
  const outline = outlineGeometry([exterior]);
  // A hole of fewer than three points is none.
  const cut = outlineGeometry(holes).geometry;
  if (outline.geometry?.kind !== 'polygons' || cut?.kind !== 'polygons') return outline;
  return { ...outline, geometry: { ...outline.geometry, holes: cut.rings } };
}

/** Images in img/ that no file in ann/ is of. */
function unlisted(folder: Folder, images: readonly AnnotatedImage[], { background }: DrawnClasses): AnnotatedImage[] {
  const known = new Set(images.map(({ path }) => path));
  const annotation: ImageAnnotation = {
    shapes: [],
    background,
    order: 'later',
    unit: 'object',
    faults: [],
    unlabeled: 'unlisted',
  };
  return folder.paths
    .filter((path) => /(^|\/)img\/[^/]+$/.test(path) && isImage(path) && !known.has(path))
    .map((path) => ({
      name: path,
      near: [],
      path,
      file: path.replace(/(^|\/)img\/([^/]+)$/, '$1ann/$2.json'),
      annotation,
    }));
}
