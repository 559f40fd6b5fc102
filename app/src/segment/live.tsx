/** The stage of a video or the camera: its newest frame with what is in it. */
import { batch, computed, signal } from '@preact/signals';
import type { WebSegmentation } from 'refinenet/web';
import { useEffect, useRef } from 'preact/hooks';
import { isAbort, messageOf } from '../state/messages.ts';
import { endSource, live, stopLive } from '../state/live.ts';
import { model, modelFault, opened } from '../state/models.ts';
import { addAndShow } from '../state/photos.ts';
import { show, stage } from '../state/segmenting.ts';
import { t } from '../strings/index.ts';
import { focusView } from '../ui/focus.ts';
import { Icon } from '../ui/icons.tsx';
import { Stage } from '../ui/stage.tsx';
import { drawLayers, layersOf } from './layers.ts';
import { hasOutlines, hidden, opacity } from './settings.ts';

interface Frame {
  readonly bitmap: ImageBitmap;
  readonly segmentation: WebSegmentation;
}

/** What a frame is called. */
const FRAME = 'frame.png';

const frame = signal<Frame | null>(null);
const rate = signal(0);

const layers = computed(() => {
  const segmentation = frame.value?.segmentation;
  return (
    segmentation &&
    layersOf(segmentation.labels, segmentation.colors, (id) => !hidden.value.has(id), hidden.value.size > 0)
  );
});

function draw(context: CanvasRenderingContext2D): void {
  const now = frame.value;
  if (!now || !layers.value) return;
  context.drawImage(now.bitmap, 0, 0);
  drawLayers(context, layers.value, opacity.value, hasOutlines.value);
}

/** Ends what plays; its newest frame becomes one of the photographs. */
async function endLive(): Promise<void> {
  const last = frame.peek();
  // The camera's light goes out at once; photographs are shown again when the frame is one.
  endSource();
  if (!last) {
    stopLive();
    return;
  }
  const canvas = new OffscreenCanvas(last.bitmap.width, last.bitmap.height);
  (canvas.getContext('2d') as OffscreenCanvasRenderingContext2D).drawImage(last.bitmap, 0, 0);
  const file = await canvas.convertToBlob({ type: 'image/png' });
  batch(() => {
    addAndShow([{ name: FRAME, file }]);
    stopLive();
  });
}

function stop(): void {
  void endLive();
  focusView();
}

export function LiveStage() {
  const video = useRef<HTMLVideoElement>(null);
  const source = live.value;
  const entry = model.value;

  // Whoever opens another view does not see it any longer. Stands before what takes the frame away.
  useEffect(
    () => () => {
      if (live.peek()) void endLive();
    },
    [],
  );

  useEffect(() => {
    const element = video.current;
    if (!element || !source || !entry) return undefined;
    const control = new AbortController();
    if ('stream' in source) element.srcObject = source.stream;
    else element.src = source.address;
    follow(element, control.signal).catch((error: unknown) => {
      if (!control.signal.aborted && !isAbort(error)) modelFault.value = messageOf(error);
    });
    return () => {
      control.abort();
      element.pause();
      frame.value = null;
    };
  }, [source, entry]);

  async function follow(element: HTMLVideoElement, signal: AbortSignal): Promise<void> {
    await element.play();
    const segmenter = await opened(entry as NonNullable<typeof entry>);
    let before = performance.now();
    for await (const { segmentation } of segmenter.segmentVideo(element, { signal })) {
      const { width, height, data } = segmentation.image;
      const pixels = new Uint32Array(width * height);
      for (let at = 0, from = 0; at < pixels.length; at++, from += 3) {
        pixels[at] =
          ((255 << 24) |
            ((data[from + 2] as number) << 16) |
            ((data[from + 1] as number) << 8) |
            (data[from] as number)) >>>
          0;
      }
      const bitmap = await createImageBitmap(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height));
      if (signal.aborted || live.peek() !== source) return;
      frame.peek()?.bitmap.close();
      frame.value = { bitmap, segmentation };
      const now = performance.now();
      rate.value = 1000 / (now - before);
      before = now;
      show({
        photo: { name: FRAME, file: new Blob() },
        bitmap,
        segmentation,
        duration: 0,
        model: entry?.name ?? '',
      });
      stage.value = 'done';
    }
  }

  const now = frame.value;
  return (
    <>
      <video ref={video} class="visually-hidden" playsInline muted loop tabIndex={-1} aria-hidden="true" />
      {now ? (
        <Stage label={t('live.stage')} width={now.bitmap.width} height={now.bitmap.height} draw={draw}>
          <p class="stage-readout">{t('live.rate', { rate: rate.value.toFixed(1) })}</p>
        </Stage>
      ) : (
        <div class="stage">
          <p class="stage-readout quiet">{t('segment.loading')}</p>
        </div>
      )}
      <button type="button" class="button stop-live" onClick={stop}>
        <Icon name="stop" /> {t('live.stop')}
      </button>
    </>
  );
}
