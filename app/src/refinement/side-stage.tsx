/** A photograph with what the network sees in it at the station that is looked at. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { messageOf } from '../state/messages.ts';
import { t } from '../strings/index.ts';
import { Stage } from '../ui/stage.tsx';
import { type Picture, pictureOf } from './pictures.ts';
import { channel, isProbed, look, reading, selected } from './settings.ts';
import { isCompared, type Side } from './sides.ts';

export function SideStage({ side, title }: { readonly side: Side; readonly title: string }) {
  const [done, setDone] = useState<{ readonly picture: Picture | null; readonly station: string } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const now = side.inspected.value;
  useEffect(() => {
    let isLast = true;
    const station = selected.value;
    setBusy(true);
    pictureOf(side)
      .then((next) => isLast && setDone({ picture: next, station }))
      .catch((error: unknown) => {
        if (isLast) side.fault.value = messageOf(error);
      })
      .finally(() => isLast && setBusy(false));
    return () => {
      isLast = false;
    };
  }, [now, selected.value, look.value, reading.value, channel.value, isProbed.value]);
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
  if (!now) {
    return (
      <div class="stage">
        {side.fault.value === '' && <div class="progress" role="progressbar" aria-label={t('refine.inspecting')} />}
        {side.fault.value === '' && <p class="stage-readout quiet">{t('refine.inspecting')}</p>}
      </div>
    );
  }
  return (
    <Stage label={title} width={now.bitmap.width} height={now.bitmap.height} draw={draw}>
      {isCompared.value && <p class="stage-name">{t('refine.side', { photo: now.photo.name, model: now.model })}</p>}
      {isBusy && <div class="progress" role="progressbar" aria-label={t('refine.computing')} />}
      {picture && !isBusy && (
        <p class="stage-readout" data-ready={done?.station}>
          {picture.says}
        </p>
      )}
    </Stage>
  );
}
