/** The picture in the middle: zoom and pan to single pixels, by mouse, touch and keyboard. */
import { batch, effect, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { t } from '../strings/index.ts';
import { Announced } from './announced.tsx';
import { drawCursor } from './draw-cursor.ts';
import type { Point } from './point.ts';
import { type View, Viewport } from './viewport.ts';
import { STEP, ZoomButtons } from './zoom-buttons.tsx';

export type { View };

/** What a drag does, where it does not pan. */
export interface Strokes {
  readonly cursor: 'crosshair' | 'ew-resize' | 'grab';
  /** @returns whether the drag is a stroke; else it pans. */
  begin(point: Point): boolean;
  move(point: Point): void;
  end(point: Point): void;
  /** The drag was none after all: a second finger came, or the browser took it. It ends where it is, if this is left out. */
  cancel?(): void;
}

export interface StageProps {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  /** Draws in the picture's pixels. Signals that it reads make it draw again. */
  readonly draw: (context: CanvasRenderingContext2D, view: View) => void;
  /** The pixel under the pointer or the keyboard's cursor. */
  readonly onPoint?: (point: Point | null) => void;
  readonly strokes?: Strokes | undefined;
  /** Keys that are the view's own. @returns whether one was. */
  readonly onKey?: (event: KeyboardEvent, cursor: Point) => boolean;
  /** What is where the keyboard's cursor is, for screen readers. Signals that it reads make it say so again. */
  readonly says?: (cursor: Point) => string;
  readonly children?: ComponentChildren;
}

/** Pixels that an arrow key moves the cursor by, without and with Shift. */
const [NEAR, FAR] = [1, 10];

const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const ZOOMS: Readonly<Record<string, (viewport: Viewport) => void>> = {
  '+': (viewport) => viewport.zoom(STEP),
  '=': (viewport) => viewport.zoom(STEP),
  '-': (viewport) => viewport.zoom(1 / STEP),
  '0': (viewport) => viewport.fit(),
};

export function Stage({ label, width, height, draw, onPoint, strokes, onKey, says, children }: StageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const viewport = useMemo(() => new Viewport(width, height), [width, height]);
  const cursor = useMemo(() => signal<Point | null>(null), []);
  const pointers = useRef(new Map<number, Point>());
  const isStroke = useRef(false);

  const at = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const { left, top } = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  useEffect(() => {
    cursor.value = null;
    const element = canvas.current as HTMLCanvasElement;
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = (entry as ResizeObserverEntry).contentRect;
      viewport.box.value = { width, height };
    });
    observer.observe(element);
    // Preact's own listeners are passive here, and the page would scroll.
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      viewport.zoom(STEP ** (-Math.sign(event.deltaY) * Math.min(1, Math.abs(event.deltaY) / 50)), at(event));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', wheel);
    };
  }, [viewport]);

  useEffect(
    () =>
      effect(() => {
        const element = canvas.current;
        const inside = viewport.box.value;
        if (!element || inside.width === 0) return;
        const ratio = globalThis.devicePixelRatio || 1;
        const [wide, high] = [Math.round(inside.width * ratio), Math.round(inside.height * ratio)];
        if (element.width !== wide || element.height !== high) [element.width, element.height] = [wide, high];
        const context = element.getContext('2d') as CanvasRenderingContext2D;
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, wide, high);
        const { x, y, scale } = viewport.view;
        context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
        context.imageSmoothingEnabled = scale * ratio < 3;
        draw(context, { x, y, scale });
        if (cursor.value) drawCursor(context, cursor.value, scale);
      }),
    [draw, viewport],
  );

  function cancelStroke(pixel: Point): void {
    isStroke.current = false;
    if (strokes?.cancel) strokes.cancel();
    else strokes?.end(pixel);
  }
  function onPointerDown(event: PointerEvent): void {
    const element = event.currentTarget as HTMLElement;
    element.setPointerCapture(event.pointerId);
    cursor.value = null;
    pointers.current.set(event.pointerId, at(event));
    const pixel = viewport.pixelAt(at(event));
    // A finger does not hover: what it touches is what is pointed at.
    onPoint?.(viewport.isInside(pixel) ? pixel : null);
    if (pointers.current.size === 2 && isStroke.current) cancelStroke(pixel);
    else if (pointers.current.size === 1 && strokes && event.button === 0) isStroke.current = strokes.begin(pixel);
  }
  function onPointerMove(event: PointerEvent): void {
    const place = at(event);
    const pixel = viewport.pixelAt(place);
    onPoint?.(viewport.isInside(pixel) ? pixel : null);
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (isStroke.current) strokes?.move(pixel);
    else if (other) {
      const spread = (point: Point): number => Math.hypot(point.x - other.x, point.y - other.y);
      viewport.zoom(spread(place) / Math.max(1, spread(before)), other);
    } else viewport.pan(place.x - before.x, place.y - before.y);
    pointers.current.set(event.pointerId, place);
  }
  function onPointerUp(event: PointerEvent): void {
    pointers.current.delete(event.pointerId);
    if (!isStroke.current) return;
    const pixel = viewport.pixelAt(at(event));
    if (event.type === 'pointercancel') {
      cancelStroke(pixel);
      return;
    }
    isStroke.current = false;
    strokes?.end(pixel);
  }
  function onKeyDown(event: KeyboardEvent): void {
    const here = cursor.value ?? viewport.middle;
    if (onKey?.(event, here)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [arrow, zoom] = [ARROWS[event.key], ZOOMS[event.key]];
    if (!arrow && !zoom) return;
    event.preventDefault();
    zoom?.(viewport);
    if (!arrow) return;
    const step = event.shiftKey ? FAR : NEAR;
    const next = viewport.nearest({ x: here.x + arrow[0] * step, y: here.y + arrow[1] * step });
    cursor.value = next;
    onPoint?.(next);
    viewport.reveal(next);
  }

  return (
    <div class="stage">
      <canvas
        ref={canvas}
        class="stage-canvas"
        style={{ cursor: strokes?.cursor ?? '' }}
        role="application"
        aria-label={label}
        aria-roledescription={t('stage.role')}
        tabIndex={0}
        onPointerDown={(event) => batch(() => onPointerDown(event))}
        onPointerMove={(event) => batch(() => onPointerMove(event))}
        onPointerUp={(event) => batch(() => onPointerUp(event))}
        onPointerCancel={(event) => batch(() => onPointerUp(event))}
        onPointerLeave={({ pointerType }) => {
          if (pointerType !== 'touch') onPoint?.(null);
        }}
        onKeyDown={(event) => batch(() => onKeyDown(event))}
        onBlur={() => {
          cursor.value = null;
          onPoint?.(null);
        }}
      />
      <ZoomButtons viewport={viewport} />
      {says && <Announced says={() => (cursor.value ? says(cursor.value) : '')} />}
      {children}
    </div>
  );
}
