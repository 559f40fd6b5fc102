/** Finds outlines that cross themselves. */

/**
 * The first two sides of a closed outline that cross each other, as the positions of the corners at which they begin; undefined
 * if none do. Sides that only touch, or run along each other as a cut to a hole does, do not cross.
 */
export function selfCrossing(ring: ArrayLike<number>): readonly [number, number] | undefined {
  const corners = ring.length / 2;
  const x = (corner: number) => ring[(corner % corners) * 2] as number;
  const y = (corner: number) => ring[(corner % corners) * 2 + 1] as number;
  const left = (side: number) => Math.min(x(side), x(side + 1));
  const right = (side: number) => Math.max(x(side), x(side + 1));
  /** Above 0 where c is on the one hand of the line from a to b, below on the other. */
  const turn = (a: number, b: number, c: number) => (x(b) - x(a)) * (y(c) - y(a)) - (y(b) - y(a)) * (x(c) - x(a));
  const areApart = (a: number, b: number) => (a > 0 && b < 0) || (a < 0 && b > 0);
  const cross = (a: number, b: number) =>
    areApart(turn(a, a + 1, b), turn(a, a + 1, b + 1)) && areApart(turn(b, b + 1, a), turn(b, b + 1, a + 1));
  // From left to right, each is compared with those that it overlaps.
  const sides = Array.from({ length: corners }, (_, side) => side).sort((a, b) => left(a) - left(b));
  let open: number[] = [];
  for (const side of sides) {
    const start = left(side);
    open = open.filter((other) => right(other) >= start);
    for (const other of open) if (cross(side, other)) return side < other ? [side, other] : [other, side];
    open.push(side);
  }
  return undefined;
}
