/** The keys of the tools, the classes, and what they do to a stroke. */
import type { Point } from '../ui/point.ts';
import { IGNORED } from './dataset.ts';
import { brushSize, classes, labeling, painted, redo, tool, undo } from './labeling.ts';
import { closePolygon, corners, liftPen, pressSpace } from './painter.ts';
import { takeTool, TOOLS } from './tools.tsx';

/** What keys do beside those of tools and classes. */
const KEYS: Readonly<Record<string, (cursor: Point) => void>> = {
  ' ': pressSpace,
  Enter: (cursor) => (tool.value === 'polygon' && labeling.value ? closePolygon(labeling.value) : pressSpace(cursor)),
  Escape: () => {
    corners.value = [];
    liftPen();
  },
  Backspace: () => {
    corners.value = corners.value.slice(0, -1);
  },
  '[': () => {
    brushSize.value = Math.max(1, brushSize.value - (brushSize.value > 10 ? 4 : 1));
  },
  ']': () => {
    brushSize.value = Math.min(100, brushSize.value + (brushSize.value >= 10 ? 4 : 1));
  },
  i: () => {
    painted.value = IGNORED;
  },
};

/** @returns whether the key is one of them. */
export function onKey(event: KeyboardEvent, cursor: Point): boolean {
  if (event.ctrlKey || event.metaKey) {
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return false;
    if (key === 'y' || event.shiftKey) redo();
    else undo();
    return true;
  }
  if (event.altKey) return false;
  const digit = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
  if (digit >= 0) {
    if (digit < classes.value.length) painted.value = digit;
    return true;
  }
  const wanted = TOOLS.find(({ key }) => key === event.key.toLowerCase());
  if (wanted) takeTool(wanted.name);
  else if (KEYS[event.key]) (KEYS[event.key] as (cursor: Point) => void)(cursor);
  else return false;
  return true;
}
