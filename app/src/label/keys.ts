/** The keys of the tools, the classes, and what they do to a stroke. */
import type { Point } from '../ui/point.ts';
import { IGNORED } from './dataset.ts';
import { brushSize, classes, labeling, painted, tool } from './labeling.ts';
import { liftPen, pressSpace } from './painter.ts';
import { closePolygon, dropCorner, dropPolygon } from './polygon.ts';
import { redo, undo } from './steps.ts';
import { takeTool, TOOLS } from './tools.tsx';

/** What keys do at the cursor of a picture that has the focus. */
const CURSOR_KEYS: Readonly<Record<string, (cursor: Point) => void>> = {
  ' ': pressSpace,
  Enter: (cursor) => (tool.value === 'polygon' && labeling.value ? closePolygon(labeling.value) : pressSpace(cursor)),
};

/** What keys do beside those of tools and classes. */
const KEYS: Readonly<Record<string, () => void>> = {
  Escape: () => {
    dropPolygon();
    liftPen();
  },
  Backspace: dropCorner,
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

/** @param cursor of the picture, where it has the focus. @returns whether the key is one of them */
export function onKey(event: KeyboardEvent, cursor?: Point): boolean {
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
  const act = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (cursor && CURSOR_KEYS[event.key]) CURSOR_KEYS[event.key]?.(cursor);
  else if (wanted) takeTool(wanted.name);
  else if (act) act();
  else return false;
  return true;
}

/** Where letters and digits are text, or choose. */
const TYPED = 'input:not([type="range"], [type="checkbox"], [type="radio"]), textarea, select, [contenteditable]';

/** Takes the keys wherever the focus is, but for what is typed. @returns the end of that */
export function listenEverywhere(): () => void {
  const listen = (event: KeyboardEvent): void => {
    const on = event.target;
    if (event.defaultPrevented || (on instanceof Element && on.matches(TYPED))) return;
    if (onKey(event)) event.preventDefault();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}
