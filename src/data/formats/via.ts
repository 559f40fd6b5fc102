/** Reads VGG Image Annotator's projects and annotations as JSON or CSV (https://www.robots.ox.ac.uk/~vgg/software/via). */
import * as z from 'zod/mini';
import { FormatError, messageOf } from '../../errors.ts';
import { describeValue } from '../../text.ts';
import type { ImageAnnotation } from '../annotations/annotation.ts';
import { collectShapes, type ReadShape, withoutArea } from '../annotations/collect-shapes.ts';
import { drawnClasses } from '../annotations/drawn-classes.ts';
import { ellipseRing, rectangleRing } from '../annotations/ellipse.ts';
import { brokenGeometry, isNumbers, outlineGeometry, type ReadGeometry } from '../annotations/read-geometry.ts';
import { extensionOf, joinPaths } from '../file-source.ts';
import { type AnnotatedImage, annotatedSplits, splitOfFile } from './annotated-layout.ts';
import { parseCsv } from './csv-rows.ts';
import type { Folder } from './folder.ts';
import { ONLY_TRAIN } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { foldersAround } from './image-finder.ts';
import { filesWith, jsonCandidates, parseJson } from './json-file.ts';
import { withUnlisted } from './unlisted-images.ts';

const FIELDS = z.record(z.string(), z.unknown());
const REGION = z.object({ shape_attributes: FIELDS, region_attributes: z.optional(z.nullable(FIELDS)) });
type Region = z.output<typeof REGION>;
const IMAGE = z.object({ filename: z.string(), regions: z.union([z.array(REGION), z.record(z.string(), REGION)]) });
const IMAGES = z.record(z.string(), IMAGE);
const SCHEMA = z.union([z.object({ _via_img_metadata: IMAGES }), IMAGES]);

const JSON_SIGNS = [/"(_via_img_metadata|shape_attributes|regions)"\s*:/, /"(filename|_via_settings)"\s*:/];
const CSV_SIGNS = [/^#?\s*"?filename"?,/m, /region_shape_attributes/];

export const via: DatasetFormat = {
  name: 'via',
  looksFor: "VGG Image Annotator's project or annotations as JSON or CSV at the root or in a folder there",
  detect: async (folder) => (await viaPaths(folder)).length > 0,
  async read(folder) {
    const files: { path: string; images: readonly ViaImage[] }[] = [];
    for (const path of await viaPaths(folder)) files.push({ path, images: await readImages(folder, path) });
    if (files.length === 0)
      throw new FormatError(
        `${folder.name}: VIA's layout lacks a JSON or CSV with regions and their shape_attributes.`,
      );
    const regions = files.flatMap(({ images }) => images.flatMap((image) => image.regions));
    const attribute = classAttribute(folder, regions);
    const nameOf = (region: Region) =>
      attribute === undefined ? ONE_CLASS : classIn(region.region_attributes?.[attribute]);
    const { classes, background, idOf } = drawnClasses(
      [...new Set(regions.flatMap((region) => nameOf(region) ?? []))].sort(),
    );
    const images = files.flatMap(({ path, images: own }) =>
      own.map((image): AnnotatedImage => {
        const shapes = image.regions.map(
          (region): ReadShape => ({ className: nameOf(region), ...geometryOf(region.shape_attributes) }),
        );
        const annotation: ImageAnnotation = {
          ...collectShapes(shapes, idOf),
          background,
          order: 'smaller',
          unit: 'region',
          ...(shapes.length === 0 && { unlabeled: 'listed' as const }),
        };
        return { name: image.filename, near: foldersAround(path), file: path, split: splitOfFile(path), annotation };
      }),
    );
    const splits = withUnlisted(folder, await annotatedSplits(folder, images));
    return {
      classes,
      encoding: null,
      splits,
      notes: [
        ...(splits.size > 1 || !splits.has('train') ? [] : [ONLY_TRAIN]),
        ...(attribute === undefined ? [] : [`The region attribute ${attribute} says the classes.`]),
      ],
    };
  },
};

/** What all regions are where none has an attribute. */
const ONE_CLASS = 'object';

async function viaPaths(folder: Folder): Promise<string[]> {
  const json = await filesWith(folder, jsonCandidates(folder), JSON_SIGNS);
  // Projects and exports of one set lie side by side.
  return json.length > 0 ? json : filesWith(folder, jsonCandidates(folder, '.csv'), CSV_SIGNS);
}

interface ViaImage {
  readonly filename: string;
  readonly regions: readonly Region[];
}

async function readImages(folder: Folder, path: string): Promise<readonly ViaImage[]> {
  const text = await folder.text(path);
  const file = joinPaths(folder.name, path);
  if (extensionOf(path) === '.csv') return imagesOfCsv(text, file);
  const parsed = parseJson(text, file, SCHEMA, "VIA's JSON, images with filename and regions");
  const images = ('_via_img_metadata' in parsed ? parsed._via_img_metadata : parsed) as z.output<typeof IMAGES>;
  // The first version had numbered regions in place of a list.
  return Object.values(images).map(({ filename, regions }) => ({ filename, regions: Object.values(regions) }));
}

const COLUMNS = ['filename', 'region_shape_attributes', 'region_attributes'] as const;

/** A line a region; a line without a shape is an image without one. */
function imagesOfCsv(text: string, file: string): readonly ViaImage[] {
  const [titles = [], ...rows] = parseCsv(text);
  const places = COLUMNS.map((column) => titles.map((title) => title.replace(/^#/, '').trim()).indexOf(column));
  if (places.includes(-1))
    throw new FormatError(`${file}: the CSV lacks a column of ${COLUMNS.join(', ')}. Export it anew.`);
  const images = new Map<string, Region[]>();
  const problems: string[] = [];
  for (const [index, row] of rows.entries()) {
    const [filename = '', shape = '', attributes = ''] = places.map((place) => row[place]);
    const regions = images.get(filename) ?? [];
    images.set(filename, regions);
    if (shape === '' || shape === '{}') continue;
    try {
      regions.push(
        REGION.parse({ shape_attributes: JSON.parse(shape), region_attributes: JSON.parse(attributes || '{}') }),
      );
    } catch (error) {
      problems.push(`line ${index + 2} has a region that is no JSON (${messageOf(error).split('\n')[0]})`);
    }
  }
  if (problems.length > 0)
    throw new FormatError(
      `${file}: ${problems.slice(0, 5).join('; ')}${problems.length > 5 ? ` and ${problems.length - 5} more` : ''}.`,
    );
  return [...images].map(([filename, regions]) => ({ filename, regions }));
}

/** Names that people give to what says the class, the likeliest first. */
const CLASS_ATTRIBUTES = ['class', 'label', 'category', 'type', 'name', 'object'];

/** @throws FormatError if there are several attributes, none of which has a usual name. */
function classAttribute(folder: Folder, regions: readonly Region[]): string | undefined {
  const names = [...new Set(regions.flatMap(({ region_attributes }) => Object.keys(region_attributes ?? {})))];
  const usual = CLASS_ATTRIBUTES.flatMap((wanted) => names.filter((name) => name.toLowerCase() === wanted));
  if (usual[0] !== undefined || names.length < 2) return usual[0] ?? names[0];
  throw new FormatError(
    `${folder.name}: regions have the attributes ${names.join(', ')}, and none is called class or label. Rename the one that says the class.`,
  );
}

/** Lists and radio buttons give a text, boxes to check those that are. */
function classIn(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null) return Object.entries(value).find(([, isSet]) => isSet)?.[0];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** How shapes become outlines, by their name, and the numbers that they need. */
const DRAWN: Readonly<
  Record<
    string,
    { readonly needs: readonly string[]; readonly draw: (numbers: readonly number[], fields: Fields) => number[] }
  >
> = {
  rect: {
    needs: ['x', 'y', 'width', 'height'],
    draw: ([x, y, width, height]) =>
      rectangleRing(x as number, y as number, (x as number) + (width as number), (y as number) + (height as number)),
  },
  circle: {
    needs: ['cx', 'cy', 'r'],
    draw: ([cx, cy, r]) => ellipseRing(cx as number, cy as number, r as number, r as number),
  },
  ellipse: {
    needs: ['cx', 'cy', 'rx', 'ry'],
    draw: ([cx, cy, rx, ry], { theta }) =>
      ellipseRing(cx as number, cy as number, rx as number, ry as number, typeof theta === 'number' ? theta : 0),
  },
};

function geometryOf(shape: Fields): ReadGeometry {
  const { name } = shape;
  if (typeof name !== 'string') return brokenGeometry(`the name of a shape is ${describeValue(name)}, not a text`);
  if (name === 'polygon') {
    const { all_points_x: xs, all_points_y: ys } = shape;
    if (!isNumbers(xs) || !isNumbers(ys) || xs.length !== ys.length)
      return brokenGeometry('all_points_x and all_points_y are not as many numbers');
    return outlineGeometry([xs.flatMap((x, at) => [x, ys[at] as number])]);
  }
  const drawn = Object.hasOwn(DRAWN, name) ? DRAWN[name] : undefined;
  if (!drawn) return withoutArea(name);
  const numbers = drawn.needs.map((key) => shape[key]);
  return isNumbers(numbers)
    ? outlineGeometry([drawn.draw(numbers, shape)])
    : brokenGeometry(`a ${name} needs ${drawn.needs.join(', ')}`);
}
