/** Pixels as spans: pieces of rows, for pictures have more pixels than a list of them should have entries. */
import type { Point } from '../ui/point.ts';

export interface Extent {
  readonly width: number;
  readonly height: number;
}

/**
 * Begin and end of every span, one pair after the other, as places in a picture: y times its width plus x. The end is not part of it, and
 * no span leaves its row.
 */
export type Spans = readonly number[];

/** A rectangle of pixels; right and bottom are not part of it. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const wholeOf = ({ width, height }: Extent): Area => ({ left: 0, top: 0, right: width, bottom: height });

/** The smallest rectangle around spans; undefined for none. */
export function areaOf(spans: Spans, width: number): Area | undefined {
  if (spans.length === 0) return undefined;
  let [left, top, right, bottom] = [width, Number.POSITIVE_INFINITY, 0, 0];
  for (let at = 0; at < spans.length; at += 2) {
    const begin = spans[at] as number;
    const y = Math.floor(begin / width);
    left = Math.min(left, begin - y * width);
    right = Math.max(right, (spans[at + 1] as number) - y * width);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  }
  return { left, top, right, bottom };
}

/** The smallest rectangle around two; one that is not there adds nothing. */
export function joined(one: Area | undefined, other: Area | undefined): Area | undefined {
  if (!one || !other) return one ?? other;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/** The spans of a stencil's pixels. */
export function stencilSpans(
  { x, y, width, height, data }: Extent & Point & { readonly data: Uint8Array },
  picture: Extent,
): number[] {
  const spans: number[] = [];
  for (let row = 0; row < height; row++) {
    const begin = (y + row) * picture.width + x;
    for (let column = 0; column < width; column++) {
      const isIn = data[row * width + column] === 1;
      const wasIn = spans.length % 2 === 1;
      if (isIn !== wasIn) spans.push(begin + column);
    }
    if (spans.length % 2 === 1) spans.push(begin + width);
  }
  return spans;
}
