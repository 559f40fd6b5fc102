/** Makes outlines of VIA's shapes. */
import { withoutArea } from '../../annotations/collect-shapes.ts';
import { ellipseRing, rectangleRing } from '../../annotations/ellipse.ts';
import { brokenGeometry, isNumbers, outlineGeometry, type ReadGeometry } from '../../annotations/read-geometry.ts';
import { describeValue } from '../../../text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How shapes become outlines, by their name, and the numbers that they need. */
const DRAWN: Readonly<
  Record<
    string,
    { readonly needs: readonly string[]; readonly draw: (numbers: readonly number[], fields: Fields) => number[] }
  >
> = {
  rect: {
    needs: ['x', 'y', 'width', 'height'],
    draw: ([x, y, width, height]) =>
      rectangleRing(x as number, y as number, (x as number) + (width as number), (y as number) + (height as number)),
  },
  circle: {
    needs: ['cx', 'cy', 'r'],
    draw: ([cx, cy, r]) => ellipseRing(cx as number, cy as number, r as number, r as number),
  },
  ellipse: {
    needs: ['cx', 'cy', 'rx', 'ry'],
    draw: ([cx, cy, rx, ry], { theta }) =>
      ellipseRing(cx as number, cy as number, rx as number, ry as number, typeof theta === 'number' ? theta : 0),
  },
};

/** A region's `shape_attributes` as a geometry, or what is wrong with them. */
export function viaGeometry(shape: Fields): ReadGeometry {
  const { name } = shape;
  if (typeof name !== 'string') return brokenGeometry(`the name of a shape is ${describeValue(name)}, not a text`);
  if (name === 'polygon') {
    const { all_points_x: xs, all_points_y: ys } = shape;
    if (!isNumbers(xs) || !isNumbers(ys) || xs.length !== ys.length)
      return brokenGeometry('all_points_x and all_points_y are not as many numbers');
    return outlineGeometry([xs.flatMap((x, at) => [x, ys[at] as number])]);
  }
  const drawn = Object.hasOwn(DRAWN, name) ? DRAWN[name] : undefined;
  if (!drawn) return withoutArea(name);
  const numbers = drawn.needs.map((key) => shape[key]);
  return isNumbers(numbers)
    ? outlineGeometry([drawn.draw(numbers, shape)])
    : brokenGeometry(`a ${name} needs ${drawn.needs.join(', ')}`);
}
