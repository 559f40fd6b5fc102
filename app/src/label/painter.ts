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
  changed,
  labelFault,
  type Labeling,
  labeling,
  likeness,
  painted,
  predicted,
  classes,
  revision,
  tool,
} from './labeling.ts';
import { brushAlong, floodFill, growAlong, stencilPlaces } from './shapes.ts';

/** The corners of the polygon that is drawn, in pixels. */
export const corners = signal<readonly Point[]>([]);
/** Whether the wand waits for the model. */
export const isLooking = signal(false);

const isInside = ({ x, y }: Point, { width, height }: Labeling): boolean => x >= 0 && y >= 0 && x < width && y < height;

/** Paints as one step. */
function paint(now: Labeling, places: Iterable<number>, id = painted.value): void {
  const stroke = new Stroke(now.labels);
  stroke.paint(places, id);
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
  drag.stroke.paint(brushAlong(drag.last, point, brushSize.value, drag.on), drag.id);
  drag.last = point;
  revision.value++;
}

function endDrag(): void {
  const ended = drag;
  drag = undefined;
  if (ended) changed(ended.on, ended.stroke.end());
}

function beginDrag(now: Labeling, point: Point): void {
  endDrag();
  const id = tool.value === 'eraser' ? IGNORED : painted.value;
  drag = { on: now, stroke: new Stroke(now.labels), id, last: point };
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
  if (ring.length >= 6) paint(now, stencilPlaces(fillPolygon(ring, now.width, now.height), now));
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

/** Uses the tool in hand at a pixel. @param reach how far from the polygon's first corner a click closes it, in pixels */
export function useTool(point: Point, reach = 1): void {
  const now = labeling.value;
  if (!now || (!isInside(point, now) && tool.value !== 'brush' && tool.value !== 'eraser')) return;
  if (tool.value === 'fill') paint(now, floodFill(now.labels, now, point.y * now.width + point.x));
  else if (tool.value === 'polygon') addCorner(now, point, reach);
  else if (tool.value === 'magic') void grow(now, point);
  else beginDrag(now, point);
}

export const strokesWith = (reach: () => number): Strokes => ({
  cursor: 'crosshair',
  begin: (point) => {
    useTool(point, reach());
    return true;
  },
  move: dragTo,
  end: endDrag,
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

/** Labels the whole picture as the model sees it. */
export function takePrediction(): void {
  const [now, found] = [labeling.value, shown.value?.segmentation];
  if (now && found) paintAll(now, predicted(found, classes.value));
}

export function clearLabels(): void {
  const now = labeling.value;
  if (now) paintAll(now, new Uint8Array(now.labels.length).fill(IGNORED));
}

function paintAll(now: Labeling, labels: Uint8Array): void {
  const stroke = new Stroke(now.labels);
  const byId = new Map<number, number[]>();
  labels.forEach((id, place) => {
    if (id === now.labels[place]) return;
    const places = byId.get(id) ?? [];
    places.push(place);
    byId.set(id, places);
  });
  for (const [id, places] of byId) stroke.paint(places, id);
  changed(now, stroke.end());
}
