/** Paints an image's mask, shape over shape. */
import { FormatError } from '../../errors.ts';
import { type LabelMap, labelMap } from '../../image/label-map.ts';
import { EMPTY_STENCIL, type Stencil, stencilArea } from '../../image/stencil.ts';
import { IGNORE_INDEX } from '../../labels/label-table.ts';
import type { AnnotatedShape, ImageAnnotation, ShapeFault } from './annotation.ts';
import type { ImageSize } from '../../image/preprocess.ts';
import { crossesItself, reachesOutside, unfillable } from './check-outline.ts';
import { ringsOf, stencilOf } from './shape-stencil.ts';

export interface PaintedAnnotation {
  readonly labels: LabelMap & { readonly data: Uint8Array };
  /** Pixels that shapes of different classes share. */
  readonly overlap: number;
  /** What was wrong with shapes; those that can be drawn nevertheless are. */
  readonly faults: readonly ShapeFault[];
}

interface Placed {
  readonly shape: AnnotatedShape;
  readonly stencil: Stencil;
  readonly area: number;
}

/**
 * The class of every pixel. Higher layers lie on lower ones; in a layer what comes later lies on top, or what has fewer pixels.
 * @param size of the image.
 * @param isThorough whether outlines are searched for what is odd but can be drawn.
 */
export function paintAnnotation(annotation: ImageAnnotation, size: ImageSize, isThorough = false): PaintedAnnotation {
  const { width, height } = size;
  const faults: ShapeFault[] = [...annotation.faults];
  const placed = annotation.shapes.map((shape) => place(shape, size, isThorough, faults));
  const layer = ({ shape }: Placed) => shape.layer ?? 0;
  const bySize = annotation.order === 'smaller';
  // Sorting is stable: what is equal stays in the file's order.
  placed.sort((a, b) => layer(a) - layer(b) || (bySize ? b.area - a.area : 0));
  const data = new Uint8Array(width * height).fill(annotation.background);
  const shared = new Uint8Array(width * height);
  let overlap = 0;
  for (const { shape, stencil } of placed) {
    const { classId } = shape;
    for (let row = 0, from = 0; row < stencil.height; row++) {
      let pixel = (stencil.y + row) * width + stencil.x;
      for (let column = 0; column < stencil.width; column++, from++, pixel++) {
        if (stencil.data[from] === 0) continue;
        if (shared[pixel] === COVERED && data[pixel] !== classId) {
          shared[pixel] = COUNTED;
          overlap++;
        } else if (shared[pixel] === 0 && classId !== IGNORE_INDEX) shared[pixel] = COVERED;
        data[pixel] = classId;
      }
    }
  }
  return { labels: { ...labelMap(width, height, data), data }, overlap, faults };
}

const COVERED = 1;
const COUNTED = 2;

function place(shape: AnnotatedShape, size: ImageSize, isThorough: boolean, faults: ShapeFault[]): Placed {
  const { number, geometry } = shape;
  const rings = ringsOf(geometry, size);
  const broken = rings.map((ring) => unfillable(ring, size)).find((text) => text !== undefined);
  const stencil = broken === undefined ? drawn(shape, size, faults) : EMPTY_STENCIL;
  if (broken !== undefined) faults.push({ kind: 'broken-shape', number, detail: broken });
  else if (isThorough) {
    for (const ring of rings) {
      const outside = reachesOutside(ring, size);
      if (outside !== undefined) faults.push({ kind: 'outside', number, detail: outside });
      const crossing = crossesItself(ring);
      if (crossing !== undefined) faults.push({ kind: 'self-crossing', number, detail: crossing });
    }
  }
  return { shape, stencil, area: stencilArea(stencil) };
}

function drawn({ number, geometry }: AnnotatedShape, size: ImageSize, faults: ShapeFault[]): Stencil {
  try {
    return stencilOf(geometry, size);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    faults.push({ kind: 'broken-shape', number, detail: error.message });
    return EMPTY_STENCIL;
  }
}
