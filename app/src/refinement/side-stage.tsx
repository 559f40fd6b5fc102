/** A photograph with what the network sees in it at the station that is looked at. */
import { signal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { messageOf } from '../state/messages.ts';
import { t } from '../strings/index.ts';
import type { Point } from '../ui/point.ts';
import { Stage } from '../ui/stage.tsx';
import { ClassWords } from '../ui/class-words.tsx';
import { type Picture, pictureOf } from './pictures.ts';
import { channel, input, isProbed, look, reading, selected } from './settings.ts';
import { isCompared, type Side } from './sides.ts';

export function SideStage({ side, title }: { readonly side: Side; readonly title: string }) {
  const [done, setDone] = useState<{ readonly picture: Picture | null; readonly station: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const pointed = useMemo(() => signal<Point | null>(null), []);
  const now = side.inspected.value;
  useEffect(() => {
    let isLast = true;
    const station = selected.value;
    setBusy(true);
    side.says.value = '';
    pictureOf(side)
      .then((next) => {
        if (!isLast) return;
        setDone({ picture: next, station });
        side.found.value = next?.found ?? null;
        side.says.value = next?.says ?? '';
      })
      .catch((error: unknown) => {
        if (isLast) side.fault.value = messageOf(error);
      })
      .finally(() => isLast && setBusy(false));
    return () => {
      isLast = false;
    };
  }, [now, selected.value, look.value, reading.value, channel.value, input.value, isProbed.value]);
  const picture = done?.picture ?? null;
  const isOver = look.value === 'classes';
  const draw = useMemo(
    () => (context: CanvasRenderingContext2D) => {
      if (!now) return;
      const { width, height } = now.bitmap;
      context.drawImage(now.bitmap, 0, 0);
      if (!picture) return;
      context.imageSmoothingEnabled = false;
      context.globalAlpha = isOver ? 0.6 : 1;
      context.drawImage(picture.canvas, 0, 0, width, height);
      context.globalAlpha = 0.8;
      if (isOver && picture.outlines) context.drawImage(picture.outlines, 0, 0);
      context.globalAlpha = 1;
    },
    [now, picture, isOver],
  );
  const onPoint = useMemo(
    () => (point: Point | null) => {
      pointed.value = point;
    },
    [],
  );
  if (!now) {
    return (
      <div class="stage">
        {side.fault.value === '' && <div class="progress" role="progressbar" aria-label={t('refine.inspecting')} />}
        {side.fault.value === '' && <p class="stage-readout quiet">{t('refine.inspecting')}</p>}
      </div>
    );
  }
  return (
    <Stage label={title} width={now.bitmap.width} height={now.bitmap.height} draw={draw} onPoint={onPoint}>
      {isCompared.value && <p class="stage-name">{t('refine.side', { photo: now.photo.name, model: now.model })}</p>}
      {isBusy && <div class="progress" role="progressbar" aria-label={t('refine.computing')} />}
      <div class="stage-notes">
        {pointed.value && <PointedClass side={side} point={pointed.value} />}
        {picture && !isBusy && (
          <p class="stage-readout" data-ready={done?.station}>
            {picture.says}
          </p>
        )}
      </div>
    </Stage>
  );
}

/** The class under the pointer or the keyboard's cursor, as the station alone has it. */
function PointedClass({ side, point: { x, y } }: { readonly side: Side; readonly point: Point }) {
  const found = side.found.value;
  if (!found) return null;
  const id = found.labels.data[y * found.labels.width + x];
  const named = found.classes.find((each) => each.id === id);
  if (!named) return null;
  return (
    <p class="stage-pointed">
      <ClassWords found={named} point={{ x, y }} />
    </p>
  );
}
