/** What a segmentation can be written as, besides its label map. */
import { UsageError } from '../../errors.ts';
import type { LabelClass } from '../../labels/label-class.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { shownValue } from '../../text.ts';
import type { SegmentationOutputs } from '../segmentation/outputs.ts';

/** What the formats read of a segmentation. */
export type SegmentationSource = {
  readonly [Name in 'labels' | 'confidence' | 'entropy' | 'probabilities']: SegmentationOutputs[Name] | undefined;
} & Pick<SegmentationOutputs, 'labels'>;

/** A file to be written beside others about the same image. */
export interface OutputFile {
  /** Follows the image's name: `.rle.json`. */
  readonly suffix: string;
  /** The file's bytes, or an array that is to be stored as .npy. */
  readonly content: Uint8Array | Tensor<'float32'>;
}

/** A way of writing a segmentation as one file or several. */
export interface OutputFormat {
  /** What it is chosen by. */
  readonly name: string;
  /** How its files' names end; each class has its own where CLASS stands. */
  readonly extension: string;
  readonly description: string;
  /** What the segmenter must have been asked for. */
  readonly needs?: 'confidence' | 'entropy';
  /** Sound options are taken for granted: `encodeOutput` checks them. */
  encode(segmentation: SegmentationSource, context: OutputContext): readonly OutputFile[];
}

/**
 * From pixels to a map, in the order of GDAL's geotransform: the corner at (column, row) lies at
 * x = t[0] + t[1] column + t[2] row, y = t[3] + t[4] column + t[5] row. (0, 0) is the top left corner of the top left pixel.
 */
export type GeoTransform = readonly [number, number, number, number, number, number];

/** What formats are told beside the segmentation: names, which parts of it to write, and where it lies on a map. */
export interface OutputContext {
  /** The image as documents call it, usually the name of its file. */
  readonly image: string;
  /** The model's classes by id. */
  readonly classes: readonly LabelClass[];
  /** Whether documents list whole classes (the default) or connected components. YOLO text always has components. */
  readonly regions?: 'class' | 'component';
  /** Ids of the classes to write; default all that were found. */
  readonly only?: readonly number[];
  /** Components of fewer pixels are left out of documents; masks and maps keep them. Default 1. */
  readonly minimumPixels?: number;
  /** How far polygons may stray from the edges of pixels, in pixels. Default 0: they cover just the pixels of their class. */
  readonly tolerance?: number;
  /** Where the image lies on a map; default none, and GeoJSON has pixel coordinates, y pointing down. */
  readonly transform?: GeoTransform;
  /** The reference system of the transform's results, such as EPSG:32633; default longitude and latitude, as GeoJSON has it. */
  readonly crs?: string;
}

/** @throws UsageError naming every option that is wrong. */
export function checkOutputContext(context: OutputContext): void {
  const { classes, regions = 'class', only = [], minimumPixels = 1, tolerance = 0, transform, crs } = context;
  const problems: string[] = [];
  if (regions !== 'class' && regions !== 'component') problems.push(`regions is ${regions}; give class or component`);
  const isClass = (id: number): boolean => Number.isInteger(id) && id >= 0 && id < classes.length;
  if (!Array.isArray(only)) {
    problems.push(`only is ${shownValue(only)}; give a list of ids, of the classes 0 ... ${classes.length - 1}`);
  } else if (!only.every(isClass)) {
    const unknown = only.filter((id) => !isClass(id)).map(shownValue);
    problems.push(`only has ${unknown.join(', ')}; the classes are 0 ... ${classes.length - 1}`);
  }
  if (!Number.isInteger(minimumPixels) || minimumPixels < 1) {
    problems.push(`minimumPixels is ${shownValue(minimumPixels)}; give a whole number from 1 on`);
  }
  if (!Number.isFinite(tolerance) || tolerance < 0)
    problems.push(`tolerance is ${shownValue(tolerance)}; give pixels, from 0 on`);
  if (transform && !isInvertible(transform)) {
    const got = Array.isArray(transform) ? transform.map(shownValue).join(', ') : shownValue(transform);
    problems.push(
      `transform is ${got}; give six finite numbers in GDAL's order that do not map all pixels to one line`,
    );
  }
  if (crs !== undefined && !transform) problems.push(`crs is ${crs}, but there is no transform; give both or none`);
  if (crs !== undefined && !/^[A-Z]+:\w+$/.test(crs))
    problems.push(`crs is ${crs}; give it as AUTHORITY:CODE, EPSG:32633`);
  if (problems.length > 0) throw new UsageError(`Outputs: ${problems.join('; ')}.`);
}

/** How areas grow from pixels to the map; below 0 where the map's y points up, as it mostly does. */
export function determinant(transform: GeoTransform): number {
  return transform[1] * transform[5] - transform[2] * transform[4];
}

function isInvertible(transform: GeoTransform): boolean {
  return (
    Array.isArray(transform) &&
    transform.length === 6 &&
    transform.every(Number.isFinite) &&
    determinant(transform) !== 0
  );
}

/** Which classes a context wants; ids that are no classes, such as 255 for ignore, never are. */
export function wantedClasses({ classes, only }: OutputContext): (label: number) => boolean {
  const wanted = new Set(only ?? classes.keys());
  return (label) => wanted.has(label) && label < classes.length;
}
