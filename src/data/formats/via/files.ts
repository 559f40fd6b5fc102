/** Finds and reads the files that VIA writes: projects and annotations as JSON, annotations as CSV. */
import * as z from 'zod/mini';
import { FormatError, messageOf } from '../../../errors.ts';
import { isRecord } from '../../../json-values.ts';
import { extensionOf, joinPaths } from '../../file-source.ts';
import { parseCsv } from '../csv-rows.ts';
import type { Folder } from '../folder.ts';
import { checkJson, filesWith, jsonCandidates, parseJson } from '../json-file.ts';
import { listProblems } from '../problem-list.ts';

const FIELDS = z.record(z.string(), z.unknown());
const REGION = z.object({ shape_attributes: FIELDS, region_attributes: z.optional(z.nullable(FIELDS)) });
export type ViaRegion = z.output<typeof REGION>;
const IMAGE = z.object({ filename: z.string(), regions: z.array(REGION) });
const IMAGES = z.record(z.string(), IMAGE);
const ATTRIBUTE = z.object({ options: z.optional(FIELDS) });
const PROJECT = z.object({
  _via_img_metadata: IMAGES,
  // Regions can be read without it, whatever it holds.
  _via_attributes: z.catch(z.optional(z.object({ region: z.optional(z.record(z.string(), ATTRIBUTE)) })), undefined),
});

const JSON_SIGNS = [/"(_via_img_metadata|shape_attributes|regions)"\s*:/, /"(filename|_via_settings)"\s*:/];
const CSV_SIGNS = [/^#?\s*"?filename"?,/m, /region_shape_attributes/];
/** Projects of VIA 3, which has other files. */
const VERSION_3_SIGNS = [/"project"\s*:/, /"(fid_list|vid_list|pid)"\s*:/, /"attribute"\s*:/, /"metadata"\s*:/];

export interface ViaImage {
  readonly filename: string;
  readonly regions: readonly ViaRegion[];
}

export interface ViaFile {
  readonly path: string;
  readonly images: readonly ViaImage[];
  /** The values that an attribute of regions may have, where it was declared with a list of them. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** The files that look like VIA's, of any version. */
export async function viaPaths(folder: Folder): Promise<string[]> {
  const candidates = jsonCandidates(folder);
  const json = await filesWith(folder, candidates, JSON_SIGNS);
  // Projects and exports of one set lie side by side.
  const found = json.length > 0 ? json : await filesWith(folder, jsonCandidates(folder, '.csv'), CSV_SIGNS);
  return found.length > 0 ? found : filesWith(folder, candidates, VERSION_3_SIGNS);
}

/** @throws FormatError if the file is damaged, or of version 3. */
export async function readViaFile(folder: Folder, path: string): Promise<ViaFile> {
  const text = await folder.text(path);
  const file = joinPaths(folder.name, path);
  if (extensionOf(path) === '.csv') return { path, images: imagesOfCsv(text, file), options: new Map() };
  if (!JSON_SIGNS.every((sign) => sign.test(text))) {
    throw new FormatError(
      `${file}: this is a project of VIA 3, which is not read. Draw in VIA 2 (VGG Image Annotator), or convert the labels to COCO's JSON.`,
    );
  }
  const value = parseJson(text, file);
  const what = "VIA's JSON, images with filename and regions";
  const names = { regions: (index: number) => `region ${index + 1}` };
  const isProject = typeof value === 'object' && value !== null && '_via_img_metadata' in value;
  const { _via_img_metadata: images, _via_attributes: attributes } = isProject
    ? checkJson({ ...value, _via_img_metadata: withLists(value._via_img_metadata) }, file, PROJECT, what, names)
    : { _via_img_metadata: checkJson(withLists(value), file, IMAGES, what, names), _via_attributes: undefined };
  return {
    path,
    images: Object.values(images),
    options: new Map(
      Object.entries(attributes?.region ?? {}).map(([name, { options = {} }]) => [
        name,
        Object.keys(options).map((option) => option.trim()),
      ]),
    ),
  };
}

/** Images with lists of regions: the first version had numbered ones in place of a list. */
function withLists(images: unknown): unknown {
  if (!isRecord(images)) return images;
  const listed = (image: unknown): unknown =>
    isRecord(image) && isRecord(image.regions) ? { ...image, regions: Object.values(image.regions) } : image;
  return Object.fromEntries(Object.entries(images).map(([key, image]) => [key, listed(image)]));
}

const COLUMNS = ['filename', 'region_shape_attributes', 'region_attributes'] as const;

/** A line a region; a line without a shape is an image without one. */
function imagesOfCsv(text: string, file: string): readonly ViaImage[] {
  const [titles = [], ...rows] = parseCsv(text);
  const places = COLUMNS.map((column) => titles.map((title) => title.replace(/^#/, '').trim()).indexOf(column));
  if (places.includes(-1))
    throw new FormatError(`${file}: the CSV lacks a column of ${COLUMNS.join(', ')}. Export it anew.`);
  const images = new Map<string, ViaRegion[]>();
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
  if (problems.length > 0) throw new FormatError(`${file}: ${listProblems(problems)}.`);
  return [...images].map(([filename, regions]) => ({ filename, regions }));
}
