/** Segment: a photograph, what is in it, and everything to take along. */
import type { ModelDevice } from 'refinenet/web';
import { photo } from '../state/photos.ts';
import { download } from '../state/models.ts';
import { device, isLive, shown, stage } from '../state/segmenting.ts';
import { percent, t } from '../strings/index.ts';
import { Check, Slider } from '../ui/fields.tsx';
import { Stage } from '../ui/stage.tsx';
import { Downloads } from './downloads.tsx';
import { dividerStrokes, draw } from './drawing.ts';
import { Legend } from './legend.tsx';
import { LiveStage } from './live.tsx';
import { OpacitySlider } from './opacity-slider.tsx';
import { PictureFrame } from './picture-frame.tsx';
import { pointAt, Readout, said } from './readout.tsx';
import { divider, hasOutlines } from './settings.ts';
import { Sources } from './sources.tsx';

function status(): string {
  const now = shown.value;
  switch (stage.value) {
    case 'failed':
      return '';
    case 'loading':
      return download.value === null
        ? t('segment.loading')
        : t('segment.downloading', { share: percent(download.value) });
    case 'segmenting':
      return t('segment.segmenting');
    case 'done':
      return t('segment.done', {
        width: now?.bitmap.width ?? 0,
        height: now?.bitmap.height ?? 0,
        seconds: ((now?.duration ?? 0) / 1000).toFixed(2),
      });
    default:
      return '';
  }
}

function deviceText({ name, threads }: ModelDevice): string {
  if (name === 'webgpu') return t('segment.onCard');
  return t(threads === 1 ? 'segment.onThread' : 'segment.onThreads', { threads });
}

export function SegmentView() {
  const now = shown.value;
  const isWaiting = stage.value === 'loading' || stage.value === 'segmenting';
  return (
    <div class="view">
      <PictureFrame hasStrip={!isLive.value}>
        {isLive.value ? (
          <LiveStage />
        ) : (
          now && (
            <Stage
              label={t('segment.stage', { name: now.photo.name })}
              width={now.bitmap.width}
              height={now.bitmap.height}
              draw={draw}
              onPoint={pointAt}
              says={said}
              strokes={divider.value === null ? undefined : dividerStrokes}
            >
              {isWaiting && <div class="progress" role="progressbar" aria-label={status()} />}
              <Readout>{status()}</Readout>
            </Stage>
          )
        )}
      </PictureFrame>
      <aside class="panel" aria-label={t('segment.panel')}>
        <Sources />
        <section class="card" aria-labelledby="look">
          <h2 id="look">{t('segment.look')}</h2>
          <OpacitySlider />
          <Check
            text={t('segment.outlines')}
            isChecked={hasOutlines.value}
            onChange={(isChecked) => {
              hasOutlines.value = isChecked;
            }}
          />
          {!isLive.value && (
            <Check
              text={t('segment.divider')}
              isChecked={divider.value !== null}
              onChange={(isChecked) => {
                divider.value = isChecked ? 0.5 : null;
              }}
            />
          )}
          {!isLive.value && divider.value !== null && (
            <Slider
              text={t('segment.dividerPlace')}
              value={Math.round(divider.value * 1000)}
              most={1000}
              says=""
              onChange={(value) => {
                divider.value = value / 1000;
              }}
            />
          )}
        </section>
        <Legend />
        <Downloads />
        {device.value && (
          <p class="quiet small" title={device.value.reason}>
            {deviceText(device.value)}
          </p>
        )}
        <p class="visually-hidden" role="status">
          {stage.value === 'done' && photo.value
            ? t('segment.found', { classes: now?.segmentation?.classes.map(({ label }) => label).join(', ') ?? '' })
            : status()}
        </p>
      </aside>
    </div>
  );
}
