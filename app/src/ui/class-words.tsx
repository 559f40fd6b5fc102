/** The class of a pixel in words that are seen. */
import type { ComponentChildren } from 'preact';
import type { Color } from 'refinenet/web';
import type { Point } from './point.ts';
import { Swatch } from './swatch.tsx';

interface ClassWordsProps {
  readonly found: { readonly color: Color; readonly label: string };
  readonly point: Point;
  /** What is told besides, before the place. */
  readonly children?: ComponentChildren;
}

export function ClassWords({ found: { color, label }, point: { x, y }, children }: ClassWordsProps) {
  return (
    <>
      <Swatch color={color} />
      <strong>{label}</strong>
      {children}
      <span class="quiet">
        {x}, {y}
      </span>
    </>
  );
}
