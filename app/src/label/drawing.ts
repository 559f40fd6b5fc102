/** What is drawn while labeling: the labels over the photograph, the polygon at work, and the brush. */
import { signal } from '@preact/signals';
import { opacity } from '../segment/settings.ts';
import { shown } from '../state/segmenting.ts';
import type { Point } from '../ui/point.ts';
import type { View } from '../ui/stage.tsx';
import { brushSize, revision, tool } from './labeling.ts';
import { layer } from './layer.ts';
import { corners } from './polygon.ts';

/** The pixel that is pointed at. */
export const pointed = signal<Point | null>(null);

export function draw(context: CanvasRenderingContext2D, { scale }: View): void {
  const now = shown.value;
  if (!now) return;
  // The layer is the same canvas after a stroke as before it.
  void revision.value;
  context.drawImage(now.bitmap, 0, 0);
  context.globalAlpha = opacity.value;
  context.imageSmoothingEnabled = false;
  if (layer.value) context.drawImage(layer.value.canvas, 0, 0);
  context.globalAlpha = 1;
  drawPolygon(context, scale);
  const at = pointed.value;
  if (!at || (tool.value !== 'brush' && tool.value !== 'eraser')) return;
  outlined(context, scale, () =>
    context.arc(at.x + 0.5, at.y + 0.5, Math.max(0.5, brushSize.value / 2), 0, 2 * Math.PI),
  );
}

function drawPolygon(context: CanvasRenderingContext2D, scale: number): void {
  const ring = corners.value;
  if (ring.length === 0) return;
  outlined(context, scale, () => {
    for (const { x, y } of ring) context.lineTo(x + 0.5, y + 0.5);
    if (pointed.value) context.lineTo(pointed.value.x + 0.5, pointed.value.y + 0.5);
  });
  for (const { x, y } of ring)
    outlined(context, scale, () => context.arc(x + 0.5, y + 0.5, 3.5 / scale, 0, 2 * Math.PI));
}

/** White on black, to be seen on every picture. */
function outlined(context: CanvasRenderingContext2D, scale: number, path: () => void): void {
  for (const [color, width] of [
    ['#000', 3],
    ['#fff', 1.25],
  ] as const) {
    context.beginPath();
    path();
    context.strokeStyle = color;
    context.lineWidth = width / scale;
    context.stroke();
  }
}
