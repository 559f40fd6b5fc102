/** Reads labelme's JSON, a file an image, with the image beside it or inside (https://github.com/wkentaro/labelme). */
import * as z from 'zod/mini';
import { FormatError } from '../../errors.ts';
import { parseClassNames } from '../../labels/class-names.ts';
import type { AnnotatedShape, ImageAnnotation, ShapeFault, ShapeGeometry } from '../annotations/annotation.ts';
import { type DrawnClasses, drawnClasses } from '../annotations/drawn-classes.ts';
import { ellipseRing, rectangleRing } from '../annotations/ellipse.ts';
import { outlineGeometry, type ReadGeometry } from '../annotations/read-geometry.ts';
import { extensionOf, folderOf, isImage, joinPaths, withoutExtension } from '../file-source.ts';
import { type AnnotatedImage, annotatedSplits } from './annotated-layout.ts';
import { CLASS_NAME_FILES } from './class-files.ts';
import { withContents } from './contained-images.ts';
import type { Folder } from './folder.ts';
import { ONLY_TRAIN } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { findImages } from './image-finder.ts';
import { checkJson, filesWith, parseJson } from './json-file.ts';
import { readEach } from './problem-list.ts';

const SHAPE = z.object({
  label: z.union([z.string(), z.number()]),
  points: z.array(z.array(z.number()).check(z.length(2))),
  shape_type: z.optional(z.nullable(z.string())),
  mask: z.optional(z.nullable(z.string())),
});
type Shape = z.output<typeof SHAPE>;

const SCHEMA = z.object({
  shapes: z.array(SHAPE),
  imagePath: z.optional(z.nullable(z.string())),
  imageData: z.optional(z.nullable(z.string())),
  imageWidth: z.optional(z.nullable(z.number())),
  imageHeight: z.optional(z.nullable(z.number())),
});

const SIGNS = [/"shapes"\s*:\s*\[/, /"(imagePath|imageData|shape_type)"\s*:/];
/** Files that are looked into for these. */
const LOOKED_INTO = 3;
const AHEAD = 8;

export const labelme: DatasetFormat = {
  name: 'labelme',
  looksFor: "labelme's JSON files beside images or with images inside",
  detect: async (folder) => (await filesWith(folder, jsonPaths(folder).slice(0, LOOKED_INTO), SIGNS)).length > 0,
  async read(folder) {
    const files = await readFiles(folder);
    if (files.length === 0)
      throw new FormatError(`${folder.name}: labelme's layout lacks JSON files with shapes and imagePath.`);
    const classes = drawnClasses(await namesOf(folder, files));
    const found = await findImages(
      folder,
      files.map(({ path, imagePath }) => ({ name: imagePath, near: [folderOf(path), ''] })),
    );
    const contents = new Map<string, string>();
    const images = files.map((file, index): AnnotatedImage => {
      const inside = file.extension && `${file.path}/imageData${file.extension}`;
      const path = found[index] ?? inside;
      if (path !== undefined && path === inside) contents.set(path, file.path);
      const sampleName = path === inside ? withoutExtension(file.path) : undefined;
      return {
        name: file.imagePath,
        near: [],
        path,
        sampleName,
        file: file.path,
        annotation: annotationOf(file, classes),
      };
    });
    const splits = await annotatedSplits(folder, [...images, ...unlisted(folder, images, classes)]);
    const isSplit = splits.size > 1 || !splits.has('train');
    return {
      classes: classes.classes,
      encoding: null,
      splits,
      source: withContents(folder.source, contents, imageDataOf),
      notes: isSplit ? [] : [ONLY_TRAIN],
    };
  },
};

function jsonPaths(folder: Folder): readonly string[] {
  const paths = folder.entry === undefined ? folder.paths : [folder.entry];
  return paths.filter((path) => extensionOf(path) === '.json');
}

interface LabelmeFile {
  readonly path: string;
  readonly imagePath: string;
  readonly shapes: readonly Shape[];
  readonly size: ImageAnnotation['size'];
  /** Of the image inside, if there is one that can be read. */
  readonly extension: string | undefined;
}

/** Other JSON may lie there too. */
async function readFiles(folder: Folder): Promise<readonly LabelmeFile[]> {
  const read = async (path: string): Promise<LabelmeFile | undefined> => {
    const text = await folder.text(path);
    if (!SIGNS.every((sign) => sign.test(text))) return undefined;
    const file = joinPaths(folder.name, path);
    const { shapes, imagePath, imageData, imageWidth, imageHeight } = checkJson(
      parseJson(text, file),
      file,
      SCHEMA,
      "labelme's JSON with shapes and imagePath",
      { shapes: (index) => `shape ${index + 1}` },
    );
    return {
      path,
      shapes,
      imagePath: imagePath ?? withoutExtension(path),
      size: imageWidth && imageHeight ? { width: imageWidth, height: imageHeight } : undefined,
      extension: Object.entries(BEGINNINGS).find(([beginning]) => imageData?.startsWith(beginning))?.[1],
    };
  };
  return (await readEach(jsonPaths(folder), read, AHEAD)).filter((file) => file !== undefined);
}

/** How images begin in base64. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  '/9j/': '.jpg',
  iVBORw: '.png',
  UklGR: '.webp',
  SUkq: '.tif',
  TU0AK: '.tif',
};

const imageDataOf = (text: string): string => (JSON.parse(text) as { imageData: string }).imageData;

/** As a list beside the files has them, else by the alphabet. */
async function namesOf(folder: Folder, files: readonly LabelmeFile[]): Promise<readonly string[]> {
  const list = folder.firstFile(CLASS_NAME_FILES);
  if (list !== undefined) return parseClassNames(await folder.lines(list), list);
  return [...new Set(files.flatMap(({ shapes }) => shapes.map(({ label }) => String(label))))].sort();
}

function annotationOf({ shapes, size }: LabelmeFile, { background, idOf }: DrawnClasses): ImageAnnotation {
  const drawn: AnnotatedShape[] = [];
  const faults: ShapeFault[] = [];
  for (const [index, shape] of shapes.entries()) {
    const number = index + 1;
    const classId = idOf(String(shape.label));
    if (classId === undefined) faults.push({ kind: 'unknown-class', number, detail: `"${shape.label}"` });
    const { geometry, faults: own } = geometryOf(shape);
    for (const fault of own) faults.push({ ...fault, number });
    if (geometry && classId !== undefined) drawn.push({ number, classId, geometry });
  }
  return {
    ...(size && { size }),
    shapes: drawn,
    background,
    order: 'later',
    unit: 'shape',
    faults,
    ...(shapes.length === 0 && { unlabeled: 'listed' as const }),
  };
}

type Point = readonly [x: number, y: number];

/** Shapes of two points. */
const TWO_POINTS: Readonly<Record<string, (a: Point, b: Point, shape: Shape) => ShapeGeometry>> = {
  rectangle: (a, b) => ({ kind: 'polygons', rings: [rectangleRing(...a, ...b)] }),
  /** The center, and a point on the circle. */
  circle([x, y], [onX, onY]) {
    const radius = Math.hypot(onX - x, onY - y);
    return { kind: 'polygons', rings: [ellipseRing(x, y, radius, radius)] };
  },
  /** Two corners, and an image of what lies between. */
  mask: ([x, y], _, { mask }) => ({
    kind: 'bitmap',
    x: Math.round(x),
    y: Math.round(y),
    png: mask ?? '',
    isDeflated: false,
  }),
};

const CORNERS = 4;

function geometryOf(shape: Shape): ReadGeometry {
  const type = shape.shape_type ?? 'polygon';
  if (type === 'polygon') return outlineGeometry([shape.points.flat()]);
  // Some write all corners of a rectangle, which may be turned.
  if (type === 'rectangle' && shape.points.length === CORNERS) return outlineGeometry([shape.points.flat()]);
  const draw = Object.hasOwn(TWO_POINTS, type) ? TWO_POINTS[type] : undefined;
  if (!draw) return { faults: [{ kind: 'box-only', detail: `a ${type} has no area` }] };
  const [a, b] = shape.points as unknown as readonly Point[];
  if (!a || !b || shape.points.length !== 2) {
    const detail = `a ${type} has two points, but it has ${shape.points.length}`;
    return { faults: [{ kind: 'broken-shape', detail }] };
  }
  return { geometry: draw(a, b, shape), faults: [] };
}

/** Images in the same folders that no file is of. */
function unlisted(folder: Folder, images: readonly AnnotatedImage[], { background }: DrawnClasses): AnnotatedImage[] {
  if (folder.entry !== undefined) return [];
  const known = new Set(images.map(({ path }) => path));
  const folders = new Set([...known].flatMap((path) => (path === undefined ? [] : [folderOf(path)])));
  const annotation: ImageAnnotation = {
    shapes: [],
    background,
    order: 'later',
    unit: 'shape',
    faults: [],
    unlabeled: 'unlisted',
  };
  return folder.paths
    .filter((path) => isImage(path) && !known.has(path) && folders.has(folderOf(path)))
    .map((path) => ({ name: path, near: [], path, file: `${withoutExtension(path)}.json`, annotation }));
}
