/** The stage of a video or the camera: its newest frame with what is in it. */
import { batch, signal } from '@preact/signals';
import type { WebSegmentation } from 'refinenet/web';
import { useEffect, useRef } from 'preact/hooks';
import { isAbort, messageOf } from '../state/messages.ts';
import { endSource, live, stopLive } from '../state/live.ts';
import { model, type ModelEntry, modelFault, withModel } from '../state/models.ts';
import { addAndShow } from '../state/photos.ts';
import { isLive, show, shown, stage } from '../state/segmenting.ts';
import { t } from '../strings/index.ts';
import { focusView } from '../ui/focus.ts';
import { Icon } from '../ui/icons.tsx';
import type { Point } from '../ui/point.ts';
import { Stage } from '../ui/stage.tsx';
import { bitmapOfSegmented, drawFrame, frame } from './frame.ts';
import { LivePlayer } from './live-player.tsx';
import { isPaused, tellPlaying } from './playing.ts';
import { pointAt, Readout, said } from './readout.tsx';

/** What a frame is called. */
const FRAME = 'frame.png';

const rate = signal(0);

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
  const file = await canvas.convertToBlob({ type: 'image/png' }).catch(() => null);
  batch(() => {
    // Something else may play by now.
    if (live.peek()) return;
    if (file) addAndShow([{ name: FRAME, file }]);
    // The camera may be asked for anew by now, which is to be waited for.
    isLive.value = false;
  });
}

function stop(): void {
  void endLive();
  focusView();
}

/** What plays would be said anew with every frame, and so never to its end: it is said of the frame at which the cursor moved. */
const saidOfFrame = (point: Point): string => said(point, isPaused.value ? shown.value : shown.peek());

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
    if (!element || !source) return undefined;
    const end = tellPlaying(element);
    if ('stream' in source) element.srcObject = source.stream;
    else element.src = source.address;
    play(element);
    return () => {
      end();
      element.pause();
      pointAt(null);
    };
  }, [source]);

  useEffect(() => {
    const element = video.current;
    if (!element || !source || !entry) return undefined;
    const control = new AbortController();
    follow(element, entry, control.signal).catch((error: unknown) => {
      if (!control.signal.aborted && !isAbort(error)) modelFault.value = messageOf(error);
    });
    return () => {
      control.abort();
      frame.value = null;
    };
  }, [source, entry]);

  function play(element: HTMLVideoElement): void {
    element.play().catch((error: unknown) => {
      if (live.peek() === source && !isAbort(error)) modelFault.value = messageOf(error);
    });
  }

  function toggle(): void {
    const element = video.current as HTMLVideoElement;
    if (element.paused) play(element);
    else element.pause();
  }

  function seek(time: number): void {
    (video.current as HTMLVideoElement).currentTime = time;
  }

  async function follow(element: HTMLVideoElement, of: ModelEntry, signal: AbortSignal): Promise<void> {
    await withModel(of, async (segmenter) => {
      signal.throwIfAborted();
      const { classes } = segmenter.description;
      const take = async (segmentation: WebSegmentation): Promise<void> => {
        const bitmap = await bitmapOfSegmented(segmentation);
        if (signal.aborted || live.peek() !== source) {
          bitmap.close();
          return;
        }
        frame.peek()?.bitmap.close();
        frame.value = { bitmap, segmentation, classes };
        show({ photo: { name: FRAME, file: new Blob() }, bitmap, segmentation, duration: 0, model: of.name, classes });
        stage.value = 'done';
      };
      // A paused video shows no frame anew by itself, and another model is to see the one that stands.
      if (element.paused) await take(await segmenter.segment(element, { signal }));
      let before = performance.now();
      for await (const { segmentation } of segmenter.segmentVideo(element, { signal })) {
        await take(segmentation);
        const now = performance.now();
        rate.value = 1000 / (now - before);
        before = now;
      }
    });
  }

  const now = frame.value;
  return (
    <>
      <video ref={video} class="visually-hidden" playsInline muted loop tabIndex={-1} aria-hidden="true" />
      {now ? (
        <Stage
          label={t('live.stage')}
          width={now.bitmap.width}
          height={now.bitmap.height}
          draw={drawFrame}
          onPoint={pointAt}
          says={saidOfFrame}
        >
          <Readout>{isPaused.value ? t('live.paused') : t('live.rate', { rate: rate.value.toFixed(1) })}</Readout>
        </Stage>
      ) : (
        <div class="stage">
          <p class="stage-readout quiet">{t('segment.loading')}</p>
        </div>
      )}
      {source && 'address' in source && <LivePlayer onToggle={toggle} onSeek={seek} />}
      <button type="button" class="button stop-live" onClick={stop}>
        <Icon name="stop" /> {t('live.stop')}
      </button>
    </>
  );
}
