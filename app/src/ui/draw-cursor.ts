/** The keyboard's cursor: a cross, and a frame around its pixel. */
import type { Point } from './point.ts';

/** @param scale CSS pixels for one of the picture's, in which `context` draws. */
export function drawCursor(context: CanvasRenderingContext2D, { x, y }: Point, scale: number): void {
  const arm = 10 / scale;
  for (const [color, wide] of [
    ['#000', 3.5],
    ['#fff', 1.5],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = wide / scale;
    context.beginPath();
    context.moveTo(x + 0.5 - arm, y + 0.5);
    context.lineTo(x + 0.5 + arm, y + 0.5);
    context.moveTo(x + 0.5, y + 0.5 - arm);
    context.lineTo(x + 0.5, y + 0.5 + arm);
    context.strokeRect(x, y, 1, 1);
    context.stroke();
  }
}
