/** Polygons with holes as one closed outline, which reaches the holes over bridges. */
import { addToGroup } from '../../groups.ts';
import type { LabelMap } from '../label-map.ts';
import { type Components, runAt } from './components.ts';
import type { Polygon } from './trace-polygons.ts';
import type { Ring } from './rings.ts';
import { cornersOf, simplifyRing } from './simplify.ts';

/** Where a cut begins: on a side that runs upwards, with the hole to which it leads. */
interface Cut {
  readonly x: number;
  readonly y: number;
  readonly hole: number;
}

/**
 * One outline around a component, exact (tolerance 0) or simplified, which goes to each hole and around it and comes back on a bridge of
 * no width. From the leftmost of a hole's topmost corners the cut leads left, through pixels of the component, to the next outline.
 */
export function bridgeHoles(polygon: Polygon, labels: LabelMap, components: Components, tolerance: number): Ring {
  const cuts = new Map<number, Cut[]>();
  const corners = polygon.holes.map(topLeftCorner);
  for (const [hole, [x, y]] of corners.entries()) {
    const start = components.starts[runAt(components, x - 1, y)] as number;
    addToGroup(cuts, start, { x: start, y, hole });
  }
  // A side that runs upwards meets the lowest cut first.
  for (const column of cuts.values()) column.sort((a, b) => b.y - a.y);

  const exterior = withCuts(polygon.exterior, cuts);
  const holes = polygon.holes.map((hole, index) => startingAt(withCuts(hole, cuts), corners[index] as Corner));
  if (tolerance === 0) return joined(exterior, holes);
  const { isPinned, isOutline } = cornersOf(labels);
  const simplified = ({ ring, branches }: Branching): Branching => {
    const ends = new Set(branches.keys());
    const start = key(ring[0] as number, ring[1] as number);
    const isEnd = (x: number, y: number) => isPinned(x, y) || ends.has(key(x, y)) || key(x, y) === start;
    return { ring: simplifyRing(ring, tolerance, { isPinned: isEnd, isOutline }) ?? ring, branches };
  };
  return joined(simplified(exterior), holes.map(simplified));
}

type Corner = readonly [x: number, y: number];

/** A ring, and by its corners the holes to which cuts lead from there. */
interface Branching {
  readonly ring: Ring;
  readonly branches: ReadonlyMap<string, readonly number[]>;
}

const key = (x: number, y: number): string => `${x} ${y}`;

function topLeftCorner(ring: Ring): Corner {
  let [x, y] = [ring[0] as number, ring[1] as number];
  for (let at = 2; at < ring.length; at += 2) {
    const [nextX, nextY] = [ring[at] as number, ring[at + 1] as number];
    if (nextY < y || (nextY === y && nextX < x)) [x, y] = [nextX, nextY];
  }
  return [x, y];
}

/** The ring with corners added where cuts begin. */
function withCuts(ring: Ring, cuts: ReadonlyMap<number, readonly Cut[]>): Branching {
  const corners: number[] = [];
  const branches = new Map<string, number[]>();
  for (let at = 0; at < ring.length; at += 2) {
    const [x, y] = [ring[at] as number, ring[at + 1] as number];
    const [nextX, nextY] = [ring[(at + 2) % ring.length] as number, ring[(at + 3) % ring.length] as number];
    corners.push(x, y);
    if (nextX !== x || nextY > y) continue;
    // The cut runs along the top of a row of pixels that this side borders on.
    for (const cut of cuts.get(x) ?? []) {
      if (cut.y < nextY || cut.y >= y) continue;
      const place = key(x, cut.y);
      addToGroup(branches, place, cut.hole);
      if (cut.y > nextY) corners.push(x, cut.y);
    }
  }
  return { ring: corners, branches };
}

function startingAt({ ring, branches }: Branching, [x, y]: Corner): Branching {
  let start = 0;
  while (ring[start] !== x || ring[start + 1] !== y) start += 2;
  return { ring: [...ring.slice(start), ...ring.slice(0, start)], branches };
}

/** Walks the exterior and, wherever cuts begin, the holes they lead to. */
function joined(exterior: Branching, holes: readonly Branching[]): Ring {
  const outline: number[] = [];
  const pending: { branching: Branching; at: number }[] = [{ branching: exterior, at: 0 }];
  const done = new Set<number>();
  for (let current = pending.at(-1); current !== undefined; current = pending.at(-1)) {
    const { ring, branches } = current.branching;
    if (current.at >= ring.length) {
      pending.pop();
      // Around the hole to where the cut came in, and back to where it left.
      if (pending.length > 0) outline.push(ring[0] as number, ring[1] as number);
      continue;
    }
    const [x, y] = [ring[current.at] as number, ring[current.at + 1] as number];
    outline.push(x, y);
    const next = branches.get(key(x, y))?.find((hole) => !done.has(hole));
    if (next === undefined) {
      current.at += 2;
      continue;
    }
    done.add(next);
    pending.push({ branching: holes[next] as Branching, at: 0 });
  }
  return outline;
}
