/** What documents describe one by one: a whole class, or each of its connected components. */
import { addToGroup } from '../../groups.ts';
import type { Box, Components } from './components.ts';
import { runEnd } from './components.ts';

export interface Region {
  readonly label: number;
  readonly pixels: number;
  readonly box: Box;
  /** Positions in the list of components, ascending. */
  readonly components: readonly number[];
}

export interface RegionOptions {
  readonly by: 'class' | 'component';
  readonly isWanted: (label: number) => boolean;
  /** Components of fewer pixels are left out, from whole classes too. */
  readonly minimumPixels: number;
}

/** The wanted regions, by class id; those of a class in the order of their first pixels. */
export function regionsOf({ list }: Components, { by, isWanted, minimumPixels }: RegionOptions): Region[] {
  const groups = new Map<number, number[]>();
  for (const [id, { label, pixels }] of list.entries()) {
    if (!isWanted(label) || pixels < minimumPixels) continue;
    addToGroup(groups, label, id);
  }
  const classes = [...groups].sort(([a], [b]) => a - b).map(([, ids]) => ids);
  return (by === 'class' ? classes : classes.flatMap((ids) => ids.map((id) => [id]))).map((components) => {
    const members = components.map((id) => list[id] as Components['list'][number]);
    return {
      label: members[0]?.label ?? 0,
      pixels: members.reduce((sum, { pixels }) => sum + pixels, 0),
      box: members.map(({ box }) => box).reduce(around),
      components,
    };
  });
}

/** Each region's mean of a value that every pixel has. */
export function meansOf(components: Components, regions: readonly Region[], values: Float32Array): number[] {
  const { rows, starts, owners, width, height, list } = components;
  const sums = new Float64Array(list.length);
  for (let y = 0; y < height; y++) {
    for (let run = rows[y] as number; run < (rows[y + 1] as number); run++) {
      const end = runEnd(components, run, y);
      let sum = 0;
      for (let x = starts[run] as number; x < end; x++) sum += values[y * width + x] as number;
      const owner = owners[run] as number;
      sums[owner] = (sums[owner] as number) + sum;
    }
  }
  return regions.map(({ components: ids, pixels }) => ids.reduce((sum, id) => sum + (sums[id] as number), 0) / pixels);
}

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
