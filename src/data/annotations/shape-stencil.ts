/** Turns what was drawn into pixels. */
import { Unzlib } from 'fflate';
import { FormatError } from '../../errors.ts';
import { joinedBytes } from '../../joined-bytes.ts';
import { SHAPE_BITMAP_BYTES } from '../../limits.ts';
import { fromBase64 } from '../../image/base64.ts';
import { decodeBitmapPng } from '../../image/bitmap-png.ts';
import { fillPolygon } from '../../image/fill-polygon.ts';
import { decodeRunLengths } from '../../image/regions/run-lengths.ts';
import { clippedStencil, type Stencil, trimmedStencil, unitedStencils, withoutHoles } from '../../image/stencil.ts';
import type { ShapeGeometry } from './annotation.ts';
import type { ImageSize } from '../../image/preprocess.ts';
import { unpackBrush } from './brush.ts';

type Of<Kind extends ShapeGeometry['kind']> = Extract<ShapeGeometry, { kind: Kind }>;

/** How each kind of geometry becomes pixels. */
const STENCILS: { readonly [Kind in ShapeGeometry['kind']]: (geometry: Of<Kind>, size: ImageSize) => Stencil } = {
  polygons({ rings, holes = [] }, { width, height }) {
    const fill = (ring: readonly number[]) => fillPolygon(ring, width, height);
    return withoutHoles(unitedStencils(rings.map(fill)), holes.map(fill));
  },
  'normalized-polygons': ({ rings }, size) =>
    STENCILS.polygons({ kind: 'polygons', rings: rings.map((ring) => inPixels(ring, size)) }, size),
  'run-lengths': (geometry, { width, height }) => {
    const [h, w] = geometry.size;
    assertSize({ width: w, height: h }, { width, height });
    return trimmedStencil({ x: 0, y: 0, width, height, data: decodeRunLengths(geometry) });
  },
  'row-run-lengths': rowRunLengths,
  bitmap({ x, y, png, isDeflated }) {
    const bytes = fromBase64(png);
    return { x, y, ...decodeBitmapPng(isDeflated ? inflated(bytes) : bytes, 'the bitmap') };
  },
  brush({ width, height, rle }, size) {
    assertSize({ width, height }, size);
    return trimmedStencil({ x: 0, y: 0, width, height, data: unpackBrush(rle, width, height) });
  },
};

/** The pixels of a shape in an image of this size. @throws FormatError saying what is wrong with the shape, without its place. */
export function stencilOf(geometry: ShapeGeometry, size: ImageSize): Stencil {
  const draw = STENCILS[geometry.kind] as (geometry: ShapeGeometry, size: ImageSize) => Stencil;
  return clippedStencil(draw(geometry, size), size.width, size.height);
}

/** Outlines in pixels; none where a shape has no outline. */
export function ringsOf(geometry: ShapeGeometry, size: ImageSize): readonly (readonly number[])[] {
  if (geometry.kind === 'polygons') return [...geometry.rings, ...(geometry.holes ?? [])];
  return geometry.kind === 'normalized-polygons' ? geometry.rings.map((ring) => inPixels(ring, size)) : [];
}

function inPixels(ring: readonly number[], { width, height }: ImageSize): number[] {
  return ring.map((value, at) => value * (at % 2 === 0 ? width : height));
}

function assertSize(mask: ImageSize, image: ImageSize): void {
  if (mask.width === image.width && mask.height === image.height) return;
  throw new FormatError(`its mask is ${mask.width}x${mask.height}, but the image is ${image.width}x${image.height}`);
}

function rowRunLengths({ x, y, width, height, counts }: Of<'row-run-lengths'>): Stencil {
  const pixels = width * height;
  if (pixels > SHAPE_BITMAP_BYTES) {
    throw new FormatError(`its mask is ${width}x${height}, more than ${SHAPE_BITMAP_BYTES} pixels`);
  }
  const sum = counts.reduce((all, count) => all + count, 0);
  if (sum !== pixels) {
    throw new FormatError(`its runs add up to ${sum} pixels, but ${width}x${height} are ${pixels}`);
  }
  const data = new Uint8Array(pixels);
  let pixel = 0;
  for (const [index, count] of counts.entries()) {
    if (index % 2 === 1) data.fill(1, pixel, pixel + count);
    pixel += count;
  }
  return { x, y, width, height, data };
}

function inflated(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  const inflate = new Unzlib((part) => {
    size += part.length;
    if (size > SHAPE_BITMAP_BYTES) throw new FormatError(`its bitmap unpacks to more than ${SHAPE_BITMAP_BYTES} bytes`);
    parts.push(part);
  });
  try {
    inflate.push(bytes, true);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError('its bitmap cannot be unpacked', { cause: error });
  }
  return joinedBytes(parts);
}
