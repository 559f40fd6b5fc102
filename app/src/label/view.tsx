/** Label: what is where in the photographs, painted by hand or begun by a model. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { OpacitySlider } from '../segment/opacity-slider.tsx';
import { PictureFrame } from '../segment/picture-frame.tsx';
import { Sources } from '../segment/sources.tsx';
import { shown } from '../state/segmenting.ts';
import { addPasted, takeAsDataset } from '../state/taking.ts';
import { t } from '../strings/index.ts';
import type { Point } from '../ui/point.ts';
import { Stage, type View } from '../ui/stage.tsx';
import { ClassList } from './class-list.tsx';
import { draw, pointed } from './drawing.ts';
import { KeepCard, openGiven } from './keep-card.tsx';
import { listenEverywhere, onKey } from './keys.ts';
import { classes, labelFault, labeling, revision, tool } from './labeling.ts';
import { isDataset } from './opening.ts';
import { dropPolygon } from './polygon.ts';
import { clearLabels, liftPen, penTo, strokesWith, takePrediction } from './painter.ts';
import { startLabeling } from './restoring.ts';
import { Tools } from './tools.tsx';
import { isLooking, startWand } from './wand.ts';

/** How near to a polygon's first corner a click closes it, in CSS pixels. */
const REACH = 10;

/** Whether there are fingers in place of keys. */
const hasFingers = matchMedia('(pointer: coarse)').matches;

/** What is where, in words; empty where there are no labels yet. */
function said({ x, y }: Point): string {
  void revision.value;
  const on = labeling.value;
  if (!on) return '';
  const id = on.labels[y * on.width + x] as number;
  return `${classes.value[id]?.name ?? t('label.ignored')} · ${x}, ${y}`;
}

function status(): string {
  if (isLooking.value) return t('label.looking');
  return (pointed.value && said(pointed.value)) || t(hasFingers ? 'label.hintTouch' : 'label.hint');
}

function Readout() {
  return <p class="stage-readout">{status()}</p>;
}

export function LabelView() {
  useEffect(() => startLabeling(), []);
  useEffect(() => startWand(), []);
  useEffect(() => addPasted(), []);
  useEffect(() => listenEverywhere(), []);
  useEffect(
    () =>
      takeAsDataset((files) => {
        const isOurs = isDataset(files);
        if (isOurs) openGiven(files);
        return isOurs;
      }),
    [],
  );
  const scale = useRef(1);
  const now = shown.value;
  // Corners are of one picture.
  useEffect(() => dropPolygon, [now?.photo]);
  const cursor = tool.value === 'hand' ? 'grab' : 'crosshair';
  const strokes = useMemo(() => strokesWith(cursor, () => Math.max(1, REACH / scale.current)), [cursor]);
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
  return (
    <div class="view labeling">
      <PictureFrame tools={<Tools />} faults={[labelFault]}>
        {now && (
          <Stage
            label={t('label.stage', { name: now.photo.name })}
            width={now.bitmap.width}
            height={now.bitmap.height}
            draw={drawn}
            onPoint={onPoint}
            strokes={strokes}
            onKey={onKey}
            says={said}
          >
            {isLooking.value && <div class="progress" role="progressbar" aria-label={t('label.looking')} />}
            <Readout />
          </Stage>
        )}
      </PictureFrame>
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
