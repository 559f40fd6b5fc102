/** What the tools do where somebody clicks, drags, or presses a key. */
import { signal } from '@preact/signals';
import { fillPolygon } from 'refinenet/web';
import { messageOf } from '../state/messages.ts';
import { model, opened } from '../state/models.ts';
import { shown } from '../state/segmenting.ts';
import { t } from '../strings/index.ts';
import type { Point } from '../ui/point.ts';
import type { Strokes } from '../ui/stage.tsx';
import { IGNORED } from './dataset.ts';
import { Stroke } from './history.ts';
import {
  brushSize,
  classes,
  labelFault,
  type Labeling,
  labeling,
  likeness,
  painted,
  predicted,
  put,
  revision,
  tool,
} from './labeling.ts';
import { repaint } from './layer.ts';
import { brushAlong, floodFill, growAlong } from './shapes.ts';
import { type Spans, stencilSpans } from './spans.ts';
import { changed } from './steps.ts';

/** The corners of the polygon that is drawn, in pixels. */
export const corners = signal<readonly Point[]>([]);
/** Whether the wand waits for the model. */
export const isLooking = signal(false);

const isInside = ({ x, y }: Point, { width, height }: Labeling): boolean => x >= 0 && y >= 0 && x < width && y < height;

/** Paints as one step. */
function paint(now: Labeling, spans: Spans, id = painted.value): void {
  const stroke = new Stroke(now.labels, now);
  stroke.paint(spans, id);
  changed(now, stroke.end());
}

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
  drag = { on: now, stroke: new Stroke(now.labels, now), id, last: point };
  dragTo(point);
}

/** Adds a corner; on the first one again, it closes. */
function addCorner(now: Labeling, point: Point, reach: number): void {
  const [first] = corners.value;
  if (first && corners.value.length > 2 && Math.hypot(point.x - first.x, point.y - first.y) <= reach) closePolygon(now);
  else corners.value = [...corners.value, point];
}

/** Fills the polygon that is drawn. */
export function closePolygon(now: Labeling): void {
  const ring = corners.value.flatMap(({ x, y }) => [x + 0.5, y + 0.5]);
  corners.value = [];
  if (ring.length >= 6) paint(now, stencilSpans(fillPolygon(ring, now.width, now.height), now));
}

/** Takes the last corner back. */
export function dropCorner(): void {
  corners.value = corners.value.slice(0, -1);
}

export function dropPolygon(): void {
  corners.value = [];
}

interface Seen {
  readonly photo: unknown;
  readonly entry: unknown;
  readonly values: { readonly classes: number; readonly data: Float32Array };
}

/** The last photograph's probabilities. */
let seen: Seen | undefined;

async function probabilities(): Promise<Seen['values']> {
  const [now, entry] = [shown.value, model.value];
  if (!now || !entry) throw new Error(t('segment.noModel'));
  if (seen?.photo !== now.photo || seen.entry !== entry) {
    const found = (await (await opened(entry, 'probabilities')).segment(now.bitmap)).probabilities;
    if (!found) throw new Error(t('segment.noModel'));
    const { shape, data } = found;
    seen = { photo: now.photo, entry, values: { classes: shape.at(-3) as number, data } };
  }
  return seen.values;
}

async function grow(now: Labeling, point: Point): Promise<void> {
  if (isLooking.value) return;
  isLooking.value = true;
  labelFault.value = '';
  try {
    const id = painted.value;
    const { classes, data } = await probabilities();
    if (labeling.value !== now) return;
    paint(now, growAlong(data, classes, now, point.y * now.width + point.x, likeness.value), id);
  } catch (error) {
    labelFault.value = messageOf(error);
  } finally {
    isLooking.value = false;
  }
}

const isBrush = (): boolean => tool.value === 'brush' || tool.value === 'eraser';

/** Uses the tool in hand at a pixel. @param reach how far from the polygon's first corner a click closes it, in pixels */
export function useTool(point: Point, reach = 1): void {
  const now = labeling.value;
  if (!now || (!isInside(point, now) && !isBrush())) return;
  if (tool.value === 'fill') paint(now, floodFill(now.labels, now, point.y * now.width + point.x));
  else if (tool.value === 'polygon') addCorner(now, point, reach);
  else if (tool.value === 'magic') void grow(now, point);
  else if (isBrush()) beginDrag(now, point);
}

/** Brushes paint as they are dragged; other tools act where they are let go, for a second finger may follow that zooms. */
export const strokesWith = (cursor: Strokes['cursor'], reach: () => number): Strokes => ({
  cursor,
  begin: (point) => {
    if (isBrush()) useTool(point);
    return tool.value !== 'hand';
  },
  move: dragTo,
  end: (point) => {
    if (drag) endDrag();
    else useTool(point, reach());
  },
  cancel: cancelDrag,
});

/** Whether the keyboard's pen is down, so that the cursor paints. */
export const isPenDown = signal(false);

export function liftPen(): void {
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
