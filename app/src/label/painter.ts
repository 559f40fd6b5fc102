/** What the tools do where somebody clicks, drags, or presses a key. */
import { signal } from '@preact/signals';
import { shown } from '../state/segmenting.ts';
import type { Point } from '../ui/point.ts';
import type { Strokes } from '../ui/stage.tsx';
import { IGNORED } from './dataset.ts';
import { Stroke } from './history.ts';
import {
  brushSize,
  classes,
  type Labeling,
  labeling,
  painted,
  predicted,
  put,
  revision,
  steps,
  type ToolName,
  tool,
} from './labeling.ts';
import { repaint } from './layer.ts';
import { addCorner } from './polygon.ts';
import { brushAlong, floodFill } from './shapes.ts';
import { changed, paint } from './steps.ts';
import { grow } from './wand.ts';

const isInside = ({ x, y }: Point, { width, height }: Labeling): boolean => x >= 0 && y >= 0 && x < width && y < height;

interface Drag {
  readonly on: Labeling;
  readonly stroke: Stroke;
  readonly id: number;
  last: Point;
}

let drag: Drag | undefined;

function dragTo(point: Point): void {
  if (!drag) return;
  repaint(drag.on.labels, drag.stroke.paint(brushAlong(drag.last, point, brushSize.value, drag.on), drag.id));
  drag.last = point;
  revision.value++;
}

function endDrag(): void {
  const ended = drag;
  drag = undefined;
  if (ended) changed(ended.on, ended.stroke.end());
}

function cancelDrag(): void {
  const ended = drag;
  drag = undefined;
  if (!ended) return;
  repaint(ended.on.labels, ended.stroke.cancel());
  revision.value++;
}

function beginDrag(now: Labeling, point: Point): void {
  endDrag();
  const id = tool.value === 'eraser' ? IGNORED : painted.value;
  steps.value++;
  drag = { on: now, stroke: new Stroke(now.labels, now), id, last: point };
  dragTo(point);
}

const isBrush = (name: ToolName = tool.value): boolean => name === 'brush' || name === 'eraser';

/** Uses the tool in hand at a pixel. @param reach how far from the polygon's first corner a click closes it, in pixels */
export function useTool(point: Point, reach = 1): void {
  const now = labeling.value;
  if (!now || (!isInside(point, now) && !isBrush())) return;
  if (tool.value === 'fill') paint(now, floodFill(now.labels, now, point.y * now.width + point.x));
  else if (tool.value === 'polygon') addCorner(now, point, reach);
  else if (tool.value === 'magic') void grow(now, point);
  else if (isBrush()) beginDrag(now, point);
}

/** The tool that took up the pointer's stroke, which ends with it whatever is taken in hand meanwhile. */
let taken: ToolName = tool.value;

/** Brushes paint as they are dragged; other tools act where they are let go, for a second finger may follow that zooms. */
export const strokesWith = (cursor: Strokes['cursor'], reach: () => number): Strokes => ({
  cursor,
  begin: (point) => {
    taken = tool.value;
    if (isBrush()) useTool(point);
    return taken !== 'hand';
  },
  move: dragTo,
  end: (point) => {
    if (isBrush(taken)) endDrag();
    else if (tool.value === taken) useTool(point, reach());
  },
  cancel: cancelDrag,
});

/** Whether the keyboard's pen is down, so that the cursor paints. */
export const isPenDown = signal(false);

/** Ends what the keyboard's pen paints; the pointer's stroke goes on. */
export function liftPen(): void {
  if (!isPenDown.value) return;
  isPenDown.value = false;
  endDrag();
}

/** Space puts the pen down or lifts it; of the other tools it is the click. */
export function pressSpace(point: Point): void {
  if (isPenDown.value) liftPen();
  else {
    useTool(point);
    isPenDown.value = drag !== undefined;
  }
}

export const penTo = (point: Point): void => {
  if (isPenDown.value) dragTo(point);
};

/** Labels the whole picture as the model sees it; where nothing else was there, it is labeled so from now on. */
export function takePrediction(): void {
  const [now, found] = [labeling.value, shown.value?.segmentation];
  if (!now || !found) return;
  put({ ...now, isTouched: true });
  paintAll(now, predicted(found, classes.value));
}

export function clearLabels(): void {
  const now = labeling.value;
  if (now) paintAll(now, new Uint8Array(now.labels.length).fill(IGNORED));
}

function paintAll(now: Labeling, labels: Uint8Array): void {
  const stroke = new Stroke(now.labels, now);
  stroke.paintAll(labels);
  changed(now, stroke.end());
}
