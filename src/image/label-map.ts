/** A class for every pixel. */
import { ShapeError } from '../errors.ts';
import { checkSides } from './image.ts';

/** Class ids, one a pixel, rows from top to bottom. 255 (or 65535) commonly marks pixels to ignore. */
export interface LabelMap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint16Array;
}

/**
 * A label map over existing class ids, which are not copied.
 * @throws ShapeError if the sides are not whole numbers above 0 or the ids are not as many as the pixels.
 */
export function labelMap(width: number, height: number, data: Uint8Array | Uint16Array): LabelMap {
  checkSides('A label map', width, height);
  if (data.length !== width * height) {
    throw new ShapeError(
      `A label map of ${width}x${height} takes ${width * height} class ids, but ${data.length} were given.`,
    );
  }
  return { width, height, data };
}

/** Room for the ids of as many classes, one a pixel: bytes where these tell them apart. */
export const labelIds = (classes: number, pixels: number): Uint8Array | Uint16Array =>
  classes > 256 ? new Uint16Array(pixels) : new Uint8Array(pixels);

/** The number of pixels of each class 0 ... `classes` - 1. Ids from `classes` on, such as 255 for ignore, are not counted. */
export function countLabels(map: LabelMap, classes: number): number[] {
  const counts = new Float64Array(65536);
  // By index: in a first run an iterator takes several times as long.
  for (let pixel = 0; pixel < map.data.length; pixel++) {
    const id = map.data[pixel] as number;
    counts[id] = (counts[id] as number) + 1;
  }
  return Array.from({ length: classes }, (_, id) => counts[id] ?? 0);
}

/** The ids that occur, ascending, including those that mark pixels to ignore. */
export function presentLabels(map: LabelMap): number[] {
  const seen = new Uint8Array(65536);
  for (const id of map.data) seen[id] = 1;
  const ids: number[] = [];
  for (let id = 0; id < seen.length; id++) if (seen[id] === 1) ids.push(id);
  return ids;
}

/** @throws ShapeError unless the label map belongs to an image of this size. */
export function checkSameSize(
  what: string,
  image: { readonly width: number; readonly height: number },
  labels: LabelMap,
): void {
  if (image.width !== labels.width || image.height !== labels.height) {
    throw new ShapeError(
      `${what}: the image is ${image.width}x${image.height} but the label map ${labels.width}x${labels.height}. ` +
        'Resize one of them first.',
    );
  }
}
