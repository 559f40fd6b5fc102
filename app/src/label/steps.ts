/** Steps of labels: noted when they are done, taken back, and done again. */
import { IGNORED } from './dataset.ts';
import { type Change, gained, Stroke } from './history.ts';
import { type Labeling, labeling, labelings, painted, put } from './labeling.ts';
import { repaint } from './layer.ts';
import { restoreClass } from './removal.ts';
import type { Spans } from './spans.ts';

function tellStep(now: Labeling, change: Change, more: number): void {
  repaint(now.labels, change.area);
  // Where it lies may be known only since the stroke was begun.
  const origin = labelings.value.get(now.key)?.origin;
  put({ ...now, origin, isTouched: true, labeled: now.labeled + more });
}

/** Notes that the labels of the picture were changed by a step, which can be taken back. */
export function changed(now: Labeling, change: Change | undefined): void {
  if (!change) return;
  now.history.add(change);
  tellStep(now, change, gained(change, IGNORED));
}

/** Paints as one step. */
export function paint(now: Labeling, spans: Spans, id = painted.value): void {
  const stroke = new Stroke(now.labels, now);
  stroke.paint(spans, id);
  changed(now, stroke.end());
}

/** Takes the last step back; of whatever was done last, a class that was removed. */
export function undo(): void {
  if (restoreClass()) return;
  const now = labeling.value;
  const change = now?.history.undo(now.labels);
  if (now && change) tellStep(now, change, -gained(change, IGNORED));
}

export function redo(): void {
  const now = labeling.value;
  const change = now?.history.redo(now.labels);
  if (now && change) tellStep(now, change, gained(change, IGNORED));
}
