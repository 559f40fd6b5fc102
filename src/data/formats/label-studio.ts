/** Reads Label Studio's export as JSON or JSON-MIN (https://labelstud.io/guide/export): polygons, boxes and ellipses in percent, and brushes. */
import * as z from 'zod/mini';
import { FormatError } from '../../errors.ts';
import { parseClassNames } from '../../labels/class-names.ts';
import { count } from '../../text.ts';
import type { ImageAnnotation } from '../annotations/annotation.ts';
import type { ImageSize } from '../../image/preprocess.ts';
import { collectShapes, type ReadShape, withoutArea } from '../annotations/collect-shapes.ts';
import { type DrawnClasses, drawnClasses } from '../annotations/drawn-classes.ts';
import { ellipseRing, rectangleRing, turnedRing } from '../annotations/ellipse.ts';
import { brokenGeometry, isNumbers, outlineGeometry, type ReadGeometry } from '../annotations/read-geometry.ts';
import { isImage } from '../file-source.ts';
import { type AnnotatedImage, annotatedSplits, splitOfFile } from './annotated-layout.ts';
import { withUnlisted } from './unlisted-images.ts';
import { CLASS_NAME_FILES } from './class-files.ts';
import type { Folder } from './folder.ts';
import { ONLY_TRAIN } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { findImages, foldersAround } from './image-finder.ts';
import { filesWith, type ItemNames, jsonCandidates, readJson } from './json-file.ts';
import { readEach } from './problem-list.ts';

const VALUE = z.record(z.string(), z.unknown());
const RESULT = z.object({
  id: z.optional(z.string()),
  type: z.optional(z.string()),
  value: z.optional(VALUE),
  original_width: z.optional(z.nullable(z.number())),
  original_height: z.optional(z.nullable(z.number())),
  image_rotation: z.optional(z.nullable(z.number())),
});
type Result = z.output<typeof RESULT>;
const TASK = z.looseObject({
  data: z.optional(z.record(z.string(), z.unknown())),
  annotations: z.optional(
    z.array(z.object({ was_cancelled: z.optional(z.nullable(z.boolean())), result: z.optional(z.array(RESULT)) })),
  ),
});
type Task = z.output<typeof TASK>;
const SCHEMA = z.array(TASK);
const ITEMS: ItemNames = { '': (index) => `task ${index + 1}`, result: (index) => `region ${index + 1}` };

const SIGNS = [
  /^\s*\[/,
  /"(annotations|original_width)"\s*:/,
  /"(result|from_name|original_width|polygonlabels|brushlabels)"\s*:/,
];

export const labelStudio: DatasetFormat = {
  name: 'label-studio',
  looksFor: "Label Studio's export as JSON or JSON-MIN at the root or in a folder there",
  detect: async (folder) => (await exportPaths(folder)).length > 0,
  async read(folder) {
    const files = await readEach(await exportPaths(folder), async (path) => {
      const tasks = await readJson(folder, path, SCHEMA, "Label Studio's export, a list of tasks", ITEMS);
      return { path, tasks: tasks.map(readTask) };
    });
    if (files.length === 0)
      throw new FormatError(
        `${folder.name}: Label Studio's layout lacks an export as JSON, a list of tasks with annotations.`,
      );
    const all = files.flatMap(({ path, tasks }) => tasks.map((task) => ({ path, task })));
    const classes = drawnClasses(
      await namesOf(
        folder,
        all.map(({ task }) => task),
      ),
    );
    const found = await imagesOf(folder, all);
    const images = all.map(({ path, task }, index): AnnotatedImage => {
      return {
        name: task.image,
        near: [],
        path: found[index],
        file: path,
        split: splitOfFile(path),
        annotation: annotationOf(task, classes),
      };
    });
    const splits = withUnlisted(folder, await annotatedSplits(folder, images));
    const several = all.filter(({ task }) => task.versions > 1).length;
    return {
      classes: classes.classes,
      encoding: null,
      splits,
      notes: [
        ...(splits.size > 1 || !splits.has('train') ? [] : [ONLY_TRAIN]),
        ...(several > 0
          ? [
              `${count(several, 'image')} ${several === 1 ? 'was' : 'were'} labeled more than once; the first time counts.`,
            ]
          : []),
      ],
    };
  },
};

function exportPaths(folder: Folder): Promise<string[]> {
  return filesWith(folder, jsonCandidates(folder), SIGNS);
}

interface ReadTask {
  readonly image: string;
  /** How often it was labeled. */
  readonly versions: number;
  readonly size: ImageSize | undefined;
  readonly shapes: readonly ReadShape[];
}

function readTask(task: Task): ReadTask {
  const versions = task.annotations?.filter(({ was_cancelled }) => !was_cancelled) ?? [];
  const short = task.annotations ? undefined : shortResults(task);
  const results = short ?? versions[0]?.result ?? [];
  const sized = results.find(({ original_width: width, original_height: height }) => width && height);
  return {
    image: imageOf(task.data ?? task),
    versions: short ? 1 : versions.length,
    size: sized && { width: sized.original_width as number, height: sized.original_height as number },
    shapes: results.flatMap((result) => shapeOf(result, results)),
  };
}

/** JSON-MIN has the values of results alone, under the name of the control. */
function shortResults(task: Readonly<Record<string, unknown>>): Result[] {
  const lists = Object.values(task).filter((value): value is Record<string, unknown>[] => Array.isArray(value));
  return lists.flat().flatMap((value) => {
    const type = Object.keys(value ?? {}).find((key) => Object.hasOwn(DRAWN, key.replace(/labels$/, '')));
    if (type === undefined) return [];
    const { original_width, original_height } = value as { original_width?: number; original_height?: number };
    return [{ type, value, original_width, original_height } as Result];
  });
}

/** The image among a task's data. */
function imageOf(data: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const isAddress = (text: string) => isImage(text.replace(/[?#](?!.*[?&]d=).*$/, ''));
  return (texts.find(([name]) => /^(image|img)$/.test(name)) ?? texts.find(([, text]) => isAddress(text)))?.[1] ?? '';
}

type Value = Readonly<Record<string, unknown>>;

/** How values become geometries, by the type without `labels`. Coordinates are percent of the image's sides. */
const DRAWN: Readonly<Record<string, (value: Value, size: ImageSize) => ReadGeometry>> = {
  polygon({ points }, { width, height }) {
    if (!Array.isArray(points) || !points.every((point) => isNumbers(point) && point.length === 2))
      return brokenGeometry('its points are no list of [x, y]');
    return outlineGeometry([
      (points as [number, number][]).flatMap(([x, y]) => [(x / 100) * width, (y / 100) * height]),
    ]);
  },
  rectangle: (value, size) =>
    fromNumbers(value, ['x', 'y', 'width', 'height'], size, (x, y, w, h, rotation) =>
      turnedRing(rectangleRing(x, y, x + w, y + h), x, y, rotation),
    ),
  ellipse: (value, size) =>
    fromNumbers(value, ['x', 'y', 'radiusX', 'radiusY'], size, (x, y, rx, ry, rotation) =>
      ellipseRing(x, y, rx, ry, (rotation * Math.PI) / 180),
    ),
  brush: ({ rle }, { width, height }) =>
    isNumbers(rle)
      ? { geometry: { kind: 'brush', width, height, rle }, faults: [] }
      : brokenGeometry('its rle is no list of numbers'),
  keypoint: () => withoutArea('key point'),
  vector: () => withoutArea('vector'),
};

function fromNumbers(
  value: Value,
  names: readonly [string, string, string, string],
  { width, height }: ImageSize,
  draw: (a: number, b: number, c: number, d: number, rotation: number) => number[],
): ReadGeometry {
  const numbers = names.map((name) => value[name]);
  if (!isNumbers(numbers)) return brokenGeometry(`it lacks a number of ${names.join(', ')}`);
  const [a, b, c, d] = (numbers as number[]).map((each, at) => (each / 100) * (at % 2 === 0 ? width : height)) as [
    number,
    number,
    number,
    number,
  ];
  return outlineGeometry([draw(a, b, c, d, typeof value.rotation === 'number' ? value.rotation : 0)]);
}

/** None for results that are not drawn, such as choices for the whole image. */
function shapeOf(
  { id, type = '', value = {}, original_width, original_height, image_rotation }: Result,
  all: readonly Result[],
): ReadShape[] {
  const draw = DRAWN[type.replace(/labels$/, '')];
  if (!draw) return [];
  // Where the tool and the class are two controls, they are two results of one number.
  const labels = value[type] ?? all.find((other) => other.id === id && other.type === 'labels')?.value?.labels;
  const className = Array.isArray(labels) && typeof labels[0] === 'string' ? labels[0] : undefined;
  // A file may hold anything in their places.
  if (![original_width, original_height].every((side) => typeof side === 'number' && side > 0))
    return [{ className, ...brokenGeometry('original_width and original_height are missing, or are no numbers') }];
  if (image_rotation)
    return [{ className, ...brokenGeometry(`the image was turned by ${image_rotation} degrees when it was drawn`) }];
  return [{ className, ...draw(value, { width: original_width as number, height: original_height as number }) }];
}

/** As a list beside the export has them, else by the alphabet. */
async function namesOf(folder: Folder, tasks: readonly ReadTask[]): Promise<readonly string[]> {
  const list = folder.firstFile(CLASS_NAME_FILES);
  if (list !== undefined) return parseClassNames(await folder.lines(list), list);
  const names = tasks.flatMap(({ shapes }) => shapes.flatMap(({ className }) => className ?? []));
  return [...new Set(names)].sort();
}

/** Uploading puts eight hexadecimal digits before a name. */
const UPLOADED = /(^|\/)[0-9a-f]{8}-([^/]+)$/;

async function imagesOf(
  folder: Folder,
  tasks: readonly { readonly path: string; readonly task: ReadTask }[],
): Promise<readonly (string | undefined)[]> {
  const find = (rename: (name: string) => string) =>
    findImages(
      folder,
      tasks.map(({ path, task }) => ({ name: rename(task.image), near: foldersAround(path) })),
    );
  const found = await find((name) => name);
  if (found.every((path) => path !== undefined)) return found;
  const original = await find((name) => name.replace(UPLOADED, '$1$2'));
  return found.map((path, index) => path ?? original[index]);
}

function annotationOf({ size, shapes, versions }: ReadTask, { background, idOf }: DrawnClasses): ImageAnnotation {
  return {
    ...(size && { size }),
    ...collectShapes(shapes, idOf),
    background,
    order: 'smaller',
    unit: 'region',
    ...(shapes.length === 0 && { unlabeled: versions === 0 ? ('unlisted' as const) : ('listed' as const) }),
  };
}
