/** What `predict-video` writes. */
import { overlay } from '../../../drawing/overlay.ts';
import { UsageError } from '../../../errors.ts';
import type { LabelMap } from '../../../image/label-map.ts';
import { encodeLabelPng } from '../../../image/png.ts';
import { foundClasses, type SegmentedClass } from '../../../inference/segmentation/outputs.ts';
import type { LabelClass } from '../../../labels/label-class.ts';
import type { TaskFiles } from '../../task-files.ts';
import type { VideoRequest } from './request.ts';
import type { FrameWriter, TimedFrame, VideoInfo, VideoTools } from './video-tools.ts';

/** A line of NAME.frames.jsonl. */
export interface FrameReport {
  /** From 0. */
  readonly frame: number;
  /** When it is shown, from the video's beginning. */
  readonly seconds: number;
  /** Classes found, most frequent first. */
  readonly classes: readonly SegmentedClass[];
}

/** The files written, by what they hold. */
export interface VideoOutputs {
  readonly overlay: string;
  readonly figures: string;
  /** A folder of PNG files or a video. */
  readonly masks?: string;
}

export interface VideoFiles {
  /** Begins to write what there is for a frame, once that of the frame before is written. */
  write(frame: TimedFrame, labels: LabelMap, isSegmented: boolean): Promise<void>;
  /** Waits for what was begun. */
  settle(): Promise<void>;
  /** Gives all files their names. @param isPartial frames are left out at the end; the names say so. */
  finish(isPartial: boolean): Promise<VideoOutputs>;
  /** Ends all; nothing is left. */
  abandon(): Promise<void>;
}

export interface VideoFilesContext {
  readonly tools: VideoTools;
  readonly files: Pick<TaskFiles, 'join'>;
  readonly classes: readonly LabelClass[];
  readonly warn: (message: string) => void;
}

/** Gray values of a video of masks. */
const GRAY_VALUES = 256;

/** Begins what was asked for. @throws UsageError if a video of masks cannot tell so many classes apart. */
export async function startVideoFiles(
  { video, name, output, opacity, masks: kept }: VideoRequest,
  info: VideoInfo,
  { tools, files, classes, warn }: VideoFilesContext,
): Promise<VideoFiles> {
  if (kept === 'video' && classes.length > GRAY_VALUES) {
    throw new UsageError(
      `A video of masks has ${GRAY_VALUES} gray values, but the model has ${classes.length} classes. Keep PNG files: --masks png.`,
    );
  }
  const colors = classes.map(({ color }) => color);
  const started: FrameWriter<never>[] = [];
  const start = async <Frame>(writer: Promise<FrameWriter<Frame>>): Promise<FrameWriter<Frame>> => {
    started.push(await writer);
    return writer;
  };
  const abandon = async () => void (await Promise.all(started.map((writer) => writer.abandon())));
  try {
    const images = await start(tools.writeOverlay(output, video, info, warn));
    const figures = await start(tools.writeLines(output));
    const pngs = kept === 'png' ? await start(tools.writePngs(output)) : undefined;
    const labelVideo = kept === 'video' ? await start(tools.writeLabels(output, info)) : undefined;
    let index = 0;
    let written: Promise<void> = Promise.resolve();
    const writeFrame = async ({ image, seconds }: TimedFrame, labels: LabelMap, isSegmented: boolean, frame: number) =>
      settled([
        images.write(overlay(image, labels, colors, { opacity }), seconds, frame),
        labelVideo?.write(labels, seconds, frame),
        isSegmented && pngs?.write(encodeLabelPng(labels, colors), seconds, frame),
        isSegmented && figures.write(reportLine(frame, seconds, labels, classes), seconds, frame),
      ]);
    return {
      async write(frame, labels, isSegmented) {
        await written;
        written = writeFrame(frame, labels, isSegmented, index++);
        written.catch(() => {});
      },
      settle: () => written,
      async finish(isPartial) {
        const stem = files.join(output, isPartial ? `${name}.partial` : name);
        const paths = { overlay: `${stem}.overlay.mp4`, figures: `${stem}.frames.jsonl` };
        await images.finish(paths.overlay, isPartial);
        await pngs?.finish(`${stem}.masks`, isPartial);
        await labelVideo?.finish(`${stem}.masks.mkv`, isPartial);
        await figures.finish(paths.figures, isPartial);
        return {
          ...paths,
          ...(pngs && { masks: `${stem}.masks` }),
          ...(labelVideo && { masks: `${stem}.masks.mkv` }),
        };
      },
      abandon,
    };
  } catch (error) {
    await abandon();
    throw error;
  }
}

/** Waits for all, so that nothing is still being written when a failure is told. */
async function settled(works: readonly unknown[]): Promise<void> {
  await Promise.allSettled(works);
  await Promise.all(works);
}

function reportLine(frame: number, seconds: number, labels: LabelMap, classes: readonly LabelClass[]): string {
  const report: FrameReport = {
    frame,
    seconds: Math.round(seconds * 1e6) / 1e6,
    classes: foundClasses({ labels }, classes),
  };
  return JSON.stringify(report);
}
