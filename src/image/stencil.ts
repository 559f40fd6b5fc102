/** Keeps a shape's pixels as a small image of ones at a place of a larger one. */

/** Ones inside of the shape and zeros outside, rows from top to bottom; `x` and `y` are where its corner lies. */
export interface Stencil {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A stencil without a pixel. */
export const EMPTY_STENCIL: Stencil = { x: 0, y: 0, width: 0, height: 0, data: new Uint8Array(0) };

/** How many pixels are inside. */
export function stencilArea({ data }: Stencil): number {
  let pixels = 0;
  for (const value of data) pixels += value;
  return pixels;
}

/** The same pixels without the rows and columns around that have none. */
export function trimmedStencil(stencil: Stencil): Stencil {
  const { width, height, data } = stencil;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(right, row.lastIndexOf(1));
    top = Math.min(top, y);
    bottom = y;
  }
  return right < 0 ? EMPTY_STENCIL : part(stencil, left, top, right + 1, bottom + 1);
}

/** What of it lies in an image of this size. */
export function clippedStencil(stencil: Stencil, width: number, height: number): Stencil {
  const { x, y } = stencil;
  if (x >= 0 && y >= 0 && x + stencil.width <= width && y + stencil.height <= height) return stencil;
  const [left, top] = [Math.max(0, -x), Math.max(0, -y)];
  const [right, bottom] = [Math.min(stencil.width, width - x), Math.min(stencil.height, height - y)];
  return right <= left || bottom <= top ? EMPTY_STENCIL : part(stencil, left, top, right, bottom);
}

/** All pixels of several. */
export function unitedStencils(stencils: readonly Stencil[]): Stencil {
  const [first, ...others] = stencils.filter(({ data }) => data.length > 0);
  if (first === undefined) return EMPTY_STENCIL;
  if (others.length === 0) return first;
  const all = [first, ...others];
  const x = Math.min(...all.map((each) => each.x));
  const y = Math.min(...all.map((each) => each.y));
  const width = Math.max(...all.map((each) => each.x + each.width)) - x;
  const height = Math.max(...all.map((each) => each.y + each.height)) - y;
  const data = new Uint8Array(width * height);
  for (const each of all) {
    for (let row = 0, from = 0; row < each.height; row++) {
      let to = (each.y - y + row) * width + each.x - x;
      for (let column = 0; column < each.width; column++, from++, to++)
        data[to] = (data[to] as number) | (each.data[from] as number);
    }
  }
  return { x, y, width, height, data };
}

/** The pixels of a stencil that are in none of the others. */
export function withoutHoles(stencil: Stencil, holes: readonly Stencil[]): Stencil {
  if (holes.length === 0) return stencil;
  const data = Uint8Array.from(stencil.data);
  for (const hole of holes) {
    for (let row = 0; row < hole.height; row++) {
      const y = hole.y + row - stencil.y;
      if (y < 0 || y >= stencil.height) continue;
      for (let column = 0; column < hole.width; column++) {
        const x = hole.x + column - stencil.x;
        if (x >= 0 && x < stencil.width && hole.data[row * hole.width + column] === 1) data[y * stencil.width + x] = 0;
      }
    }
  }
  return { ...stencil, data };
}

function part(stencil: Stencil, left: number, top: number, right: number, bottom: number): Stencil {
  const [width, height] = [right - left, bottom - top];
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * stencil.width + left;
    data.set(stencil.data.subarray(start, start + width), row * width);
  }
  return { x: stencil.x + left, y: stencil.y + top, width, height, data };
}
