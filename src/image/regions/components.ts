/** Connected components of a label map: pixels of one class that hang together by their edges. */
import type { LabelMap } from '../label-map.ts';

/** A rectangle of whole pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of one class that hang together. */
export interface Component {
  readonly label: number;
  readonly pixels: number;
  readonly box: Box;
}

/** Every pixel's component, kept as the runs of equal ids that rows consist of. */
export interface Components {
  readonly width: number;
  readonly height: number;
  /** The first column of every run, row after row. A run ends where the next one begins, or its row ends. */
  readonly starts: Uint32Array;
  /** The first run of every row, and the number of runs at the end: height + 1 numbers. */
  readonly rows: Uint32Array;
  /** The component that each run belongs to. */
  readonly owners: Uint32Array;
  /** In the order of their first pixels, rows from top to bottom. */
  readonly list: readonly Component[];
}

/**
 * The 4-connected components of a label map: pixels that only touch at a corner are apart, so that every component is one
 * polygon with holes. Ids that mark pixels to ignore form components like any other.
 */
export function componentsOf(labels: LabelMap): Components {
  const { starts, rows } = runsOf(labels);
  const parents = joinRuns(labels, starts, rows);
  const owners = new Uint32Array(starts.length);
  let count = 0;
  for (let run = 0; run < starts.length; run++) {
    const parent = parents[run] as number;
    // Parents come first, so theirs is known already.
    owners[run] = parent === run ? count++ : (owners[parent] as number);
  }
  return {
    width: labels.width,
    height: labels.height,
    starts,
    rows,
    owners,
    list: measure(labels, starts, rows, owners, count),
  };
}

/** The column after a run's last. */
export function runEnd({ starts, rows, width }: Components, run: number, row: number): number {
  return run + 1 < (rows[row + 1] as number) ? (starts[run + 1] as number) : width;
}

/** The run that a pixel lies in. */
export function runAt({ starts, rows }: Components, x: number, y: number): number {
  let low = rows[y] as number;
  let high = (rows[y + 1] as number) - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] as number) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

function runsOf({ width, height, data }: LabelMap): { starts: Uint32Array; rows: Uint32Array } {
  const rows = new Uint32Array(height + 1);
  let count = 0;
  for (let y = 0, pixel = 0; y < height; y++) {
    let previous = -1;
    for (let x = 0; x < width; x++, pixel++) {
      const label = data[pixel] as number;
      if (label !== previous) count++;
      previous = label;
    }
    rows[y + 1] = count;
  }
  const starts = new Uint32Array(count);
  let run = 0;
  for (let y = 0, pixel = 0; y < height; y++) {
    let previous = -1;
    for (let x = 0; x < width; x++, pixel++) {
      const label = data[pixel] as number;
      if (label !== previous) starts[run++] = x;
      previous = label;
    }
  }
  return { starts, rows };
}

/** For every run an earlier one of its component, or itself: a forest, in which the first run of a component is the root. */
function joinRuns({ width, height, data }: LabelMap, starts: Uint32Array, rows: Uint32Array): Uint32Array {
  const parents = Uint32Array.from(starts, (_, run) => run);
  const rootOf = (run: number): number => {
    let root = run;
    while (parents[root] !== root) {
      const grandparent = parents[parents[root] as number] as number;
      parents[root] = grandparent;
      root = grandparent;
    }
    return root;
  };
  for (let y = 1; y < height; y++) {
    let above = rows[y - 1] as number;
    let below = rows[y] as number;
    const [endAbove, endBelow] = [below, rows[y + 1] as number];
    while (above < endAbove && below < endBelow) {
      const first = data[(y - 1) * width + (starts[above] as number)];
      if (first === data[y * width + (starts[below] as number)]) {
        const [a, b] = [rootOf(above), rootOf(below)];
        if (a < b) parents[b] = a;
        else parents[a] = b;
      }
      const nextAbove = above + 1 < endAbove ? (starts[above + 1] as number) : width;
      const nextBelow = below + 1 < endBelow ? (starts[below + 1] as number) : width;
      if (nextAbove <= nextBelow) above++;
      if (nextBelow <= nextAbove) below++;
    }
  }
  return parents;
}

function measure(
  { width, height, data }: LabelMap,
  starts: Uint32Array,
  rows: Uint32Array,
  owners: Uint32Array,
  count: number,
): Component[] {
  const pixels = new Float64Array(count);
  const label = new Uint16Array(count);
  const left = new Uint32Array(count).fill(width);
  const right = new Uint32Array(count);
  const top = new Uint32Array(count).fill(height);
  const bottom = new Uint32Array(count);
  for (let y = 0; y < height; y++) {
    const rowEnd = rows[y + 1] as number;
    for (let run = rows[y] as number; run < rowEnd; run++) {
      const start = starts[run] as number;
      const end = run + 1 < rowEnd ? (starts[run + 1] as number) : width;
      const id = owners[run] as number;
      pixels[id] = (pixels[id] as number) + end - start;
      label[id] = data[y * width + start] as number;
      if (start < (left[id] as number)) left[id] = start;
      if (end > (right[id] as number)) right[id] = end;
      if (y < (top[id] as number)) top[id] = y;
      bottom[id] = y + 1;
    }
  }
  return Array.from({ length: count }, (_, id) => {
    const [x, y] = [left[id] as number, top[id] as number];
    const box = { x, y, width: (right[id] as number) - x, height: (bottom[id] as number) - y };
    return { label: label[id] as number, pixels: pixels[id] as number, box };
  });
}
