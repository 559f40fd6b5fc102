/** Segment: a photograph, what is in it, and everything to take along. */
import { signal } from '@preact/signals';
import type { ModelDevice } from 'refinenet/web';
import { useMemo } from 'preact/hooks';
import { photo } from '../state/photos.ts';
import { download } from '../state/models.ts';
import { device, isLive, shown, stage } from '../state/segmenting.ts';
import { percent, t } from '../strings/index.ts';
import { Check, Slider } from '../ui/fields.tsx';
import type { Point } from '../ui/point.ts';
import { Stage } from '../ui/stage.tsx';
import { Swatch } from '../ui/swatch.tsx';
import { Downloads } from './downloads.tsx';
import { dividerStrokes, draw } from './drawing.ts';
import { Legend } from './legend.tsx';
import { LiveStage } from './live.tsx';
import { OpacitySlider } from './opacity-slider.tsx';
import { PictureFrame } from './picture-frame.tsx';
import { divider, hasOutlines } from './settings.ts';
import { Sources } from './sources.tsx';

const pointed = signal<Point | null>(null);

/** What is under the pointer, in words. */
function Readout() {
  const now = shown.value;
  const point = pointed.value;
  const { segmentation } = now ?? {};
  if (!segmentation || !point) return <p class="stage-readout quiet">{status()}</p>;
  const { width, data } = segmentation.labels;
  const at = point.y * width + point.x;
  const id = data[at] as number;
  const found = segmentation.classes.find((each) => each.id === id);
  if (!found) return null;
  return (
    <p class="stage-readout">
      <Swatch color={found.color} />
      <strong>{found.label}</strong>
      {segmentation.confidence && <span>{percent(segmentation.confidence[at] as number)}</span>}
      <span class="quiet">
        {point.x}, {point.y}
      </span>
    </p>
  );
}

/** The same for screen readers; empty where nothing was found. */
function said({ x, y }: Point): string {
  const { segmentation } = shown.value ?? {};
  if (!segmentation) return '';
  const at = y * segmentation.labels.width + x;
  const name = segmentation.classes.find(({ id }) => id === segmentation.labels.data[at])?.label ?? '';
  return t('segment.pixel', { name, share: percent(segmentation.confidence?.[at] ?? 0), x, y });
}

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
  const onPoint = useMemo(
    () => (point: Point | null) => {
      pointed.value = point;
    },
    [],
  );
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
              onPoint={onPoint}
              says={said}
              strokes={divider.value === null ? undefined : dividerStrokes}
            >
              {isWaiting && <div class="progress" role="progressbar" aria-label={status()} />}
              <Readout />
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
