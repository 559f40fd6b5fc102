/** Reads VGG Image Annotator's projects and annotations as JSON or CSV (https://www.robots.ox.ac.uk/~vgg/software/via). */
import { FormatError } from '../../../errors.ts';
import { parseClassNames } from '../../../labels/class-names.ts';
import type { ImageAnnotation } from '../../annotations/annotation.ts';
import { collectShapes, type ReadShape } from '../../annotations/collect-shapes.ts';
import { drawnClasses, isBackgroundName } from '../../annotations/drawn-classes.ts';
import { type AnnotatedImage, annotatedSplits, splitOfFile } from '../annotated-layout.ts';
import { CLASS_NAME_FILES } from '../class-files.ts';
import type { Folder } from '../folder.ts';
import { ONLY_TRAIN } from '../folder-layouts.ts';
import type { DatasetFormat } from '../format.ts';
import { foldersAround } from '../image-finder.ts';
import { readEach } from '../problem-list.ts';
import { withUnlisted } from '../unlisted-images.ts';
import { readViaFile, type ViaFile, type ViaRegion, viaPaths } from './files.ts';
import { viaGeometry } from './geometry.ts';

export const via: DatasetFormat = {
  name: 'via',
  looksFor: "VGG Image Annotator's project or annotations as JSON or CSV at the root or in a folder there",
  detect: async (folder) => (await viaPaths(folder)).length > 0,
  async read(folder) {
    const files = await readEach(await viaPaths(folder), (path) => readViaFile(folder, path));
    if (files.length === 0)
      throw new FormatError(
        `${folder.name}: VIA's layout lacks a JSON or CSV with regions and their shape_attributes.`,
      );
    const { attribute, listed } = await declaredClasses(folder, files);
    const nameOf = (region: ViaRegion) =>
      attribute === undefined ? onlyName(listed) : classIn(region.region_attributes?.[attribute]);
    const named = files.flatMap(({ images }) =>
      images.flatMap(({ regions }) => regions.flatMap((each) => nameOf(each) ?? [])),
    );
    const { classes, background, idOf } = drawnClasses(listed ?? [...new Set(named)].sort());
    const images = files.flatMap(({ path, images: own }) =>
      own.map((image): AnnotatedImage => {
        const shapes = image.regions.map(
          (region): ReadShape => ({ className: nameOf(region), ...viaGeometry(region.shape_attributes) }),
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

/** What all regions are where none has an attribute, and no list says otherwise. */
const ONE_CLASS = 'object';

function onlyName(listed: readonly string[] | undefined): string | undefined {
  const [name, ...more] = (listed ?? [ONE_CLASS]).filter((each) => !isBackgroundName(each));
  return more.length === 0 ? name : undefined;
}

/**
 * The attribute that says the class, if there is one, and the names that it may have: those of its list in a project, else
 * those of a text beside the files; undefined where any may be.
 */
async function declaredClasses(
  folder: Folder,
  files: readonly ViaFile[],
): Promise<{ readonly attribute: string | undefined; readonly listed: readonly string[] | undefined }> {
  const regions = files.flatMap(({ images }) => images.flatMap((image) => image.regions));
  const used = regions.flatMap(({ region_attributes }) => Object.keys(region_attributes ?? {}));
  const declared = files.flatMap(({ options }) =>
    [...options].flatMap(([name, { length }]) => (length > 0 ? name : [])),
  );
  const attribute = classAttribute(folder, [...new Set(used.length > 0 ? used : declared)]);
  const options = files.flatMap((file) => file.options.get(attribute ?? '') ?? []);
  if (options.length > 0) return { attribute, listed: [...new Set(options)] };
  const list = folder.firstFile(CLASS_NAME_FILES);
  return { attribute, listed: list === undefined ? undefined : parseClassNames(await folder.lines(list), list) };
}

/** Names that people give to what says the class, the likeliest first. */
const CLASS_ATTRIBUTES = ['class', 'label', 'category', 'type', 'name', 'object'];

/** @throws FormatError if there are several attributes, none of which has a usual name. */
function classAttribute(folder: Folder, names: readonly string[]): string | undefined {
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
