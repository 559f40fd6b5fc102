/** Label: what is where in the photographs, painted by hand or begun by a model. */
import { computed, signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Filmstrip } from '../segment/filmstrip.tsx';
import { OpacitySlider } from '../segment/opacity-slider.tsx';
import { opacity } from '../segment/settings.ts';
import { Sources } from '../segment/sources.tsx';
import { modelFault } from '../state/models.ts';
import { photoIndex, photos } from '../state/photos.ts';
import { fault, shown } from '../state/segmenting.ts';
import { t } from '../strings/index.ts';
import type { Point } from '../ui/point.ts';
import { Stage, type View } from '../ui/stage.tsx';
import { ClassList } from './class-list.tsx';
import { IGNORED } from './dataset.ts';
import { KeepCard } from './keep-card.tsx';
import {
  brushSize,
  classes,
  labelFault,
  labeling,
  painted,
  redo,
  revision,
  startLabeling,
  tool,
  undo,
} from './labeling.ts';
import { labelLayer } from './layer.ts';
import {
  clearLabels,
  closePolygon,
  corners,
  isLooking,
  liftPen,
  penTo,
  pressSpace,
  strokesWith,
  takePrediction,
} from './painter.ts';
import { takeTool, TOOLS, Tools } from './tools.tsx';

const layer = computed(() => {
  void revision.value;
  return labeling.value && labelLayer(labeling.value, classes.value);
});
const pointed = signal<Point | null>(null);
/** How near to a polygon's first corner a click closes it, in CSS pixels. */
const REACH = 10;

function draw(context: CanvasRenderingContext2D, { scale }: View): void {
  const now = shown.value;
  if (!now) return;
  context.drawImage(now.bitmap, 0, 0);
  context.globalAlpha = opacity.value;
  context.imageSmoothingEnabled = false;
  if (layer.value) context.drawImage(layer.value, 0, 0);
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

function onKey(event: KeyboardEvent, cursor: Point): boolean {
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

function status(): string {
  const now = pointed.value;
  const on = labeling.value;
  if (isLooking.value) return t('label.looking');
  if (!now || !on) return t('label.hint');
  const id = on.labels[now.y * on.width + now.x] as number;
  return `${classes.value[id]?.name ?? t('label.ignored')} · ${now.x}, ${now.y}`;
}

function Readout() {
  void revision.value;
  return <p class="stage-readout">{status()}</p>;
}

export function LabelView() {
  useEffect(() => startLabeling(), []);
  const scale = useRef(1);
  const now = shown.value;
  const strokes = useMemo(() => strokesWith(() => Math.max(1, REACH / scale.current)), []);
  const drawn = useMemo(
    () => (context: CanvasRenderingContext2D, view: View) => {
      scale.current = view.scale;
      draw(context, view);
    },
    [],
  );
  const onPoint = useMemo(
    () => (point: Point | null) => {
      pointed.value = point;
      if (point) penTo(point);
      else liftPen();
    },
    [],
  );
  const problem = labelFault.value || fault.value || modelFault.value;
  return (
    <div class="view labeling">
      <section class="view-main" aria-label={t('segment.picture')}>
        <Tools />
        {now ? (
          <Stage
            label={t('label.stage', { name: now.photo.name })}
            width={now.bitmap.width}
            height={now.bitmap.height}
            draw={drawn}
            onPoint={onPoint}
            strokes={strokes}
            onKey={onKey}
          >
            {isLooking.value && <div class="progress" role="progressbar" aria-label={t('label.looking')} />}
            <Readout />
          </Stage>
        ) : (
          <div class="stage" />
        )}
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {photos.value.length > 1 && <Filmstrip index={photoIndex} />}
      </section>
      <aside class="panel" aria-label={t('label.panel')}>
        <ClassList />
        <section class="card" aria-labelledby="label-picture">
          <h2 id="label-picture">{t('label.picture')}</h2>
          <div class="downloads">
            <button type="button" class="chip" disabled={!now?.segmentation} onClick={takePrediction}>
              {t('label.predict')}
            </button>
            <button type="button" class="chip" disabled={!labeling.value} onClick={clearLabels}>
              {t('label.clear')}
            </button>
          </div>
          <OpacitySlider />
        </section>
        <KeepCard />
        <Sources />
      </aside>
    </div>
  );
}
