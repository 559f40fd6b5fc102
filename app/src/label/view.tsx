/** Label: what is where in the photographs, painted by hand or begun by a model. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { OpacitySlider } from '../segment/opacity-slider.tsx';
import { PictureFrame } from '../segment/picture-frame.tsx';
import { Sources } from '../segment/sources.tsx';
import { shown } from '../state/segmenting.ts';
import { takeAsDataset } from '../state/taking.ts';
import { t } from '../strings/index.ts';
import type { Point } from '../ui/point.ts';
import { Stage, type View } from '../ui/stage.tsx';
import { ClassList } from './class-list.tsx';
import { draw, pointed } from './drawing.ts';
import { KeepCard, openGiven } from './keep-card.tsx';
import { onKey } from './keys.ts';
import { classes, labelFault, labeling, revision } from './labeling.ts';
import { isDataset } from './opening.ts';
import { clearLabels, isLooking, liftPen, penTo, strokesWith, takePrediction } from './painter.ts';
import { startLabeling } from './restoring.ts';
import { Tools } from './tools.tsx';

/** How near to a polygon's first corner a click closes it, in CSS pixels. */
const REACH = 10;

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
