/** The colors of classes as they are shown: nothing is told apart by shades of what is almost black. */
import type { Color } from 'refinenet/web';

/** What a color's strongest part must reach to be seen on a photograph. */
const LEAST = 96;
/** How much of a color that does not is white, once it is as bright as can be. */
const WHITE = 0.3;

/** The color itself, or a bright one of its hue where it is very dark, but for black, which backgrounds are. */
export function shownColor(color: Color): Color {
  const most = Math.max(...color);
  if (most === 0 || most >= LEAST) return color;
  const [red, green, blue] = color.map((part) => Math.round(255 * (WHITE + (1 - WHITE) * (part / most))));
  return [red as number, green as number, blue as number];
}

export const cssColor = (color: Color): string => `rgb(${shownColor(color).join(' ')})`;
