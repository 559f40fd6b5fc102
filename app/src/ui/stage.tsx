/** The picture in the middle: zoom and pan to single pixels, by mouse, touch and keyboard. */
import { effect, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { t } from '../strings/index.ts';
import { Icon } from './icons.tsx';
import type { Point } from './point.ts';

/** How the picture lies on the stage: CSS pixels from the stage's corner, and for one of the picture's. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** What a drag does, where it does not pan. */
export interface Strokes {
  begin(point: Point): void;
  move(point: Point): void;
  end(point: Point): void;
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
  readonly children?: ComponentChildren;
}

const LARGEST = 64;
const STEP = 1.25;
const MARGIN = 0.94;

const fitted = (width: number, height: number, inside: { width: number; height: number }): View => {
  const scale = Math.min((inside.width * MARGIN) / width, (inside.height * MARGIN) / height);
  return { scale, x: (inside.width - width * scale) / 2, y: (inside.height - height * scale) / 2 };
};

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

export function Stage({ label, width, height, draw, onPoint, strokes, onKey, children }: StageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useMemo(() => signal({ width: 0, height: 0 }), []);
  /** Null as long as the picture is fitted into the stage. */
  const moved = useMemo(() => signal<View | null>(null), []);
  const cursor = useMemo(() => signal<Point | null>(null), []);
  const pointers = useRef(new Map<number, Point>());
  const isStroke = useRef(false);
  const view = (): View => moved.value ?? fitted(width, height, box.value);

  useEffect(() => {
    moved.value = null;
    cursor.value = null;
  }, [width, height]);

  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = (entry as ResizeObserverEntry).contentRect;
      box.value = { width, height };
    });
    observer.observe(element);
    // Preact's own listeners are passive here, and the page would scroll.
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      zoom(STEP ** (-Math.sign(event.deltaY) * Math.min(1, Math.abs(event.deltaY) / 50)), at(event));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('wheel', wheel);
    };
  }, [width, height]);

  useEffect(
    () =>
      effect(() => {
        const element = canvas.current;
        const inside = box.value;
        if (!element || inside.width === 0) return;
        const ratio = globalThis.devicePixelRatio || 1;
        const [wide, high] = [Math.round(inside.width * ratio), Math.round(inside.height * ratio)];
        if (element.width !== wide || element.height !== high) [element.width, element.height] = [wide, high];
        const context = element.getContext('2d') as CanvasRenderingContext2D;
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, wide, high);
        const { x, y, scale } = view();
        context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
        context.imageSmoothingEnabled = scale * ratio < 3;
        draw(context, { x, y, scale });
        if (cursor.value) drawCursor(context, cursor.value, scale);
      }),
    [draw, width, height],
  );

  const at = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const { left, top } = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const pixelAt = ({ x, y }: Point): Point => {
    const now = view();
    return { x: Math.floor((x - now.x) / now.scale), y: Math.floor((y - now.y) / now.scale) };
  };
  const isInside = ({ x, y }: Point): boolean => x >= 0 && y >= 0 && x < width && y < height;

  function zoom(factor: number, around: Point): void {
    const now = view();
    const least = fitted(width, height, box.value).scale;
    const scale = within(now.scale * factor, least, LARGEST);
    const ratio = scale / now.scale;
    moved.value =
      scale === least
        ? null
        : { scale, x: around.x - (around.x - now.x) * ratio, y: around.y - (around.y - now.y) * ratio };
  }
  const zoomMiddle = (factor: number): void => zoom(factor, { x: box.value.width / 2, y: box.value.height / 2 });
  const fit = (): void => {
    moved.value = null;
  };
  function pan(x: number, y: number): void {
    const now = view();
    const { width: wide, height: high } = box.value;
    // A corner of the picture always stays in sight.
    moved.value = {
      scale: now.scale,
      x: within(now.x + x, 40 - width * now.scale, wide - 40),
      y: within(now.y + y, 40 - height * now.scale, high - 40),
    };
  }

  function onPointerDown(event: PointerEvent): void {
    const element = event.currentTarget as HTMLElement;
    element.setPointerCapture(event.pointerId);
    cursor.value = null;
    pointers.current.set(event.pointerId, at(event));
    if (pointers.current.size === 2 && isStroke.current) {
      isStroke.current = false;
      strokes?.end(pixelAt(at(event)));
    } else if (pointers.current.size === 1 && strokes && event.button === 0) {
      isStroke.current = true;
      strokes.begin(pixelAt(at(event)));
    }
  }
  function onPointerMove(event: PointerEvent): void {
    const place = at(event);
    const pixel = pixelAt(place);
    onPoint?.(isInside(pixel) ? pixel : null);
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    if (isStroke.current) {
      strokes?.move(pixel);
    } else {
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const spread = (point: Point): number => Math.hypot(point.x - other.x, point.y - other.y);
        zoom(spread(place) / Math.max(1, spread(before)), other);
      } else pan(place.x - before.x, place.y - before.y);
    }
    pointers.current.set(event.pointerId, place);
  }
  function onPointerUp(event: PointerEvent): void {
    pointers.current.delete(event.pointerId);
    if (!isStroke.current) return;
    isStroke.current = false;
    strokes?.end(pixelAt(at(event)));
  }
  function onKeyDown(event: KeyboardEvent): void {
    const here = cursor.value ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    if (onKey?.(event, here)) {
      event.preventDefault();
      return;
    }
    const step = event.shiftKey ? 10 : 1;
    const move = (x: number, y: number): void => moveCursor({ x: here.x + x * step, y: here.y + y * step });
    const act = {
      ArrowLeft: () => move(-1, 0),
      ArrowRight: () => move(1, 0),
      ArrowUp: () => move(0, -1),
      ArrowDown: () => move(0, 1),
      '+': () => zoomMiddle(STEP),
      '=': () => zoomMiddle(STEP),
      '-': () => zoomMiddle(1 / STEP),
      '0': fit,
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }
  function moveCursor(point: Point): void {
    const next = { x: within(point.x, 0, width - 1), y: within(point.y, 0, height - 1) };
    cursor.value = next;
    onPoint?.(next);
    const now = view();
    const [x, y] = [now.x + next.x * now.scale, now.y + next.y * now.scale];
    const { width: wide, height: high } = box.value;
    const over = (place: number, size: number): number =>
      place < 24 ? 24 - place : place > size - 24 ? size - 24 - place : 0;
    if (over(x, wide) !== 0 || over(y, high) !== 0) pan(over(x, wide), over(y, high));
  }

  return (
    <div class="stage">
      <canvas
        ref={canvas}
        class={strokes ? 'stage-canvas draws' : 'stage-canvas'}
        role="application"
        aria-label={label}
        aria-roledescription={t('stage.role')}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onPointerLeave={() => onPoint?.(null)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          cursor.value = null;
          onPoint?.(null);
        }}
      />
      <div class="stage-zoom" role="group" aria-label={t('stage.zoom')}>
        {(
          [
            ['plus', t('stage.in'), () => zoomMiddle(STEP ** 2)],
            ['minus', t('stage.out'), () => zoomMiddle(STEP ** -2)],
            ['fit', t('stage.fit'), fit],
          ] as const
        ).map(([icon, label, onClick]) => (
          <button key={icon} type="button" class="tool" onClick={onClick} aria-label={label} title={label}>
            <Icon name={icon} />
          </button>
        ))}
      </div>
      {children}
    </div>
  );
}

function drawCursor(context: CanvasRenderingContext2D, { x, y }: Point, scale: number): void {
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
