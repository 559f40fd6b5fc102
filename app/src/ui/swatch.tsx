/** The color of a class beside its name. */
import type { Color } from 'refinenet/web';
import { cssColor } from './shown-color.ts';

export function Swatch({ color }: { readonly color: Color | null }) {
  return <span class="swatch" style={{ background: color ? cssColor(color) : 'none' }} aria-hidden="true" />;
}
