/** Says what people drew on an image: shapes with classes, from which a mask is made when the image is read. */
import type { ImageSize } from '../../image/preprocess.ts';

/** Which pixels a shape has. Coordinates are in pixels from the top left corner of the upright image. */
export type ShapeGeometry =
  /** Outlines x0, y0, x1, y1, ..., all pixels of which belong to it but for those of holes. */
  | {
      readonly kind: 'polygons';
      readonly rings: readonly (readonly number[])[];
      readonly holes?: readonly (readonly number[])[];
    }
  /** Outlines in parts of the image's width and height, for files that do not say its size. */
  | { readonly kind: 'normalized-polygons'; readonly rings: readonly (readonly number[])[] }
  /** COCO's run lengths of the whole image, as numbers or compressed. */
  | {
      readonly kind: 'run-lengths';
      readonly size: readonly [height: number, width: number];
      readonly counts: readonly number[] | string;
    }
  /** Run lengths of rows in a rectangle, pixels outside first. */
  | {
      readonly kind: 'row-run-lengths';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly counts: readonly number[];
    }
  /** An image in base64 whose corner is at a place: what is not 0, or not transparent where it has alpha. */
  | {
      readonly kind: 'bitmap';
      readonly x: number;
      readonly y: number;
      readonly png: string;
      readonly isDeflated: boolean;
    }
  /** Label Studio's packing of an image with red, green, blue and alpha; what is not transparent. */
  | { readonly kind: 'brush'; readonly width: number; readonly height: number; readonly rle: readonly number[] };

/** A shape that was drawn on an image, and the class of its pixels. */
export interface AnnotatedShape {
  /** Its number in messages, see `ImageAnnotation.unit`. */
  readonly number: number;
  /** A class's id, or 255 where nothing is to be learned. */
  readonly classId: number;
  readonly geometry: ShapeGeometry;
  /** Shapes of a higher layer lie on top of all of a lower one. Default 0. */
  readonly layer?: number;
}

/** What is wrong with shapes. */
export type ShapeFaultKind = 'few-points' | 'unknown-class' | 'box-only' | 'broken-shape' | 'outside' | 'self-crossing';

/** What is wrong with one shape of a file of labels. */
export interface ShapeFault {
  readonly kind: ShapeFaultKind;
  readonly number: number;
  readonly detail: string;
}

/** All that was drawn on one image, as its mask is painted from it. */
export interface ImageAnnotation {
  /** Of the image, as the file has it; absent where it does not say. */
  readonly size?: ImageSize;
  readonly shapes: readonly AnnotatedShape[];
  /** The class of pixels outside of all shapes. */
  readonly background: number;
  /** What lies on top within a layer: what comes later, or what has fewer pixels. */
  readonly order: 'later' | 'smaller';
  /** What the number of a shape counts, such as `shape` or `line`. */
  readonly unit: string;
  /** What was wrong with shapes that the file has and the list above lacks. */
  readonly faults: readonly ShapeFault[];
  /** Set where there is no shape: the image is listed without any, or its own file is missing. */
  readonly unlabeled?: 'listed' | 'unlisted';
}

/** Faults with which an image cannot be trained on: what was meant is not known. */
export const STOPPING_FAULTS: readonly ShapeFaultKind[] = ['unknown-class', 'box-only', 'broken-shape'];

/** `labels/a.txt, line 3`: where a fault is. */
export const placeOf = (file: string, { unit }: ImageAnnotation, { number }: ShapeFault): string =>
  `${file}, ${unit} ${number}`;
