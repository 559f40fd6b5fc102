/** Reads CVAT for images 1.1 (https://docs.cvat.ai/docs/dataset_management/formats/format-cvat): an XML for a task, a job or a project. */
import type { SaxesTagPlain } from 'saxes';
import { FormatError } from '../../errors.ts';
import type { ImageAnnotation } from '../annotations/annotation.ts';
import { collectShapes, type ReadShape, withoutArea } from '../annotations/collect-shapes.ts';
import { type DrawnClasses, drawnClasses, hexColor } from '../annotations/drawn-classes.ts';
import { ellipseRing, rectangleRing, turnedRing } from '../annotations/ellipse.ts';
import { brokenGeometry, outlineGeometry, type ReadGeometry } from '../annotations/read-geometry.ts';
import { joinPaths } from '../file-source.ts';
import { splitNamed } from '../split-names.ts';
import { type AnnotatedImage, annotatedSplits, splitOfFile } from './annotated-layout.ts';
import { withUnlisted } from './unlisted-images.ts';
import type { Folder } from './folder.ts';
import { ONLY_TRAIN } from './folder-layouts.ts';
import type { DatasetFormat } from './format.ts';
import { foldersAround } from './image-finder.ts';
import { filesWith, jsonCandidates } from './json-file.ts';
import { readEach } from './problem-list.ts';
import { readXml } from './xml-file.ts';

const SIGNS = [/<annotations[\s>]/, /<(image|track|meta|version)[\s>]/];

export const cvat: DatasetFormat = {
  name: 'cvat',
  looksFor: 'an XML of CVAT for images 1.1 (annotations.xml) at the root or in a folder there',
  detect: async (folder) => (await xmlPaths(folder)).length > 0,
  async read(folder) {
    const documents = await readEach(await xmlPaths(folder), (path) => readDocument(folder, path));
    if (documents.length === 0)
      throw new FormatError(
        `${folder.name}: CVAT's layout lacks an XML with annotations and images (CVAT for images 1.1).`,
      );
    const labels = new Map(documents.flatMap((document) => document.labels.map(({ name, color }) => [name, color])));
    const classes = drawnClasses([...labels.keys()], [...labels.values()].map(hexColor));
    const images = documents.flatMap(({ path, images: own }) =>
      own.map((image): AnnotatedImage => {
        const around = foldersAround(path);
        return {
          name: image.name,
          near: around.flatMap((place) => [joinPaths(place, 'images'), place]),
          file: path,
          split: splitNamed(image.subset) ?? splitOfFile(path),
          annotation: annotationOf(image, classes),
        };
      }),
    );
    const splits = withUnlisted(folder, await annotatedSplits(folder, images));
    const isSplit = splits.size > 1 || !splits.has('train');
    return { classes: classes.classes, encoding: null, splits, notes: isSplit ? [] : [ONLY_TRAIN] };
  },
};

function xmlPaths(folder: Folder): Promise<string[]> {
  return filesWith(folder, jsonCandidates(folder, '.xml'), SIGNS);
}

interface CvatImage {
  readonly name: string;
  readonly subset: string;
  readonly size: ImageAnnotation['size'];
  readonly shapes: ReadShape[];
}

interface CvatDocument {
  readonly path: string;
  readonly labels: { name: string; color: string | undefined }[];
  readonly images: CvatImage[];
}

/** @throws FormatError if it is no XML, or has tracks of a video. */
async function readDocument(folder: Folder, path: string): Promise<CvatDocument> {
  const document: CvatDocument = { path, labels: [], images: [] };
  const file = joinPaths(folder.name, path);
  const open: string[] = [];
  let label: { name: string; color: string | undefined } | undefined;
  await readXml(await folder.text(path), file, {
    opened({ name, attributes }) {
      open.push(name);
      if (name === 'track') {
        throw new FormatError(
          `${file}: these are tracks of a video. Export the task as "CVAT for images 1.1", with an image a frame.`,
        );
      }
      if (name === 'label' && open.at(-2) === 'labels') label = { name: '', color: undefined };
      else if (name === 'image' && open.at(-2) === 'annotations') document.images.push(imageOf(attributes, file));
      else if (open.at(-2) === 'image') document.images.at(-1)?.shapes.push(...shapeOf(name, attributes));
    },
    text(text) {
      if (label && open.at(-2) === 'label' && open.at(-1) === 'name') label.name += text;
      if (label && open.at(-2) === 'label' && open.at(-1) === 'color') label.color = text;
    },
    closed(name) {
      open.pop();
      if (name === 'label' && label && open.at(-1) === 'labels') {
        document.labels.push(label);
        label = undefined;
      }
    },
  });
  return document;
}

type Attributes = SaxesTagPlain['attributes'];

function imageOf({ name, subset = '', width, height }: Attributes, file: string): CvatImage {
  if (name === undefined) throw new FormatError(`${file}: an image has no name. Export the labels anew.`);
  const [w, h] = [Number(width), Number(height)];
  return { name, subset, size: w > 0 && h > 0 ? { width: w, height: h } : undefined, shapes: [] };
}

/** How the elements that are drawn become outlines; numbers of a shape are read by their names. */
const DRAWN: Readonly<Record<string, (number: (name: string) => number, attributes: Attributes) => ReadGeometry>> = {
  polygon: (_, { points = '' }) => outlineGeometry([points.split(/[;,]/).map(Number)]),
  box(number) {
    const [x0, y0, x1, y1] = [number('xtl'), number('ytl'), number('xbr'), number('ybr')];
    const ring = rectangleRing(x0, y0, x1, y1);
    return outlineGeometry([turnedRing(ring, (x0 + x1) / 2, (y0 + y1) / 2, number('rotation'))]);
  },
  ellipse: (number) =>
    outlineGeometry([
      ellipseRing(number('cx'), number('cy'), number('rx'), number('ry'), (number('rotation') * Math.PI) / 180),
    ]),
  mask(number, { rle = '' }) {
    const counts = rle.split(',').map(Number);
    const [x, y, width, height] = [number('left'), number('top'), number('width'), number('height')];
    const areSound =
      [x, y, width, height, ...counts].every((value) => Number.isSafeInteger(value)) &&
      Math.min(width, height, ...counts) >= 0;
    if (!areSound) return brokenGeometry('its mask lacks rle, left, top, width or height in whole numbers');
    return { geometry: { kind: 'row-run-lengths', x, y, width, height, counts }, faults: [] };
  },
};
/** Elements that are drawn, but not around an area. */
const WITHOUT_AREA = ['polyline', 'points', 'cuboid', 'skeleton'];

/** None for what is not drawn, such as tags of the whole image. */
function shapeOf(name: string, attributes: Attributes): ReadShape[] {
  const draw = Object.hasOwn(DRAWN, name) ? DRAWN[name] : undefined;
  if (!draw && !WITHOUT_AREA.includes(name)) return [];
  const number = (key: string) => Number(attributes[key] ?? (key === 'rotation' ? 0 : Number.NaN));
  const layer = Number(attributes.z_order ?? 0);
  return [
    {
      className: attributes.label,
      layer: Number.isFinite(layer) ? layer : 0,
      ...(draw ? draw(number, attributes) : withoutArea(name)),
    },
  ];
}

function annotationOf({ size, shapes }: CvatImage, { background, idOf }: DrawnClasses): ImageAnnotation {
  return {
    ...(size && { size }),
    ...collectShapes(shapes, idOf),
    background,
    order: 'later',
    unit: 'shape',
    ...(shapes.length === 0 && { unlabeled: 'listed' as const }),
  };
}
