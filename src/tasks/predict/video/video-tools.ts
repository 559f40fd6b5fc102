/** What reads and writes videos on this machine. */
import type { Image } from '../../../image/image.ts';
import type { LabelMap } from '../../../image/label-map.ts';
import type { AbortSignalLike } from '../../../inference/segment-options.ts';

export interface VideoInfo {
  /** As frames are shown: upright. */
  readonly width: number;
  readonly height: number;
  /** Frames a second, as a fraction: 30000/1001. The mean, where they do not come at the same distance. */
  readonly frameRate: readonly [numerator: number, denominator: number];
  /** How wide a pixel is shown for its height, as a fraction: 1/1 nearly always. */
  readonly pixelAspect: readonly [width: number, height: number];
  /** Seconds, as far as the file says; undefined for cameras and streams, which have no end. */
  readonly duration: number | undefined;
  /** How many frames there will be, as far as the file says. */
  readonly frames: number | undefined;
  /** Whether it is a camera or a stream. */
  readonly isLive: boolean;
  /** How its sound is coded, by track; empty where there is none that can be kept. */
  readonly sound: readonly string[];
}

export interface TimedFrame {
  readonly image: Image;
  /** When it is shown, from the video's beginning. */
  readonly seconds: number;
}

export interface VideoReader {
  readonly info: VideoInfo;
  /**
   * Frames in their order, no more than a few ahead. Ending the loop ends the reading, as does the signal.
   * @returns what was complained of, if reading went on nevertheless.
   * @throws FormatError if the video breaks off.
   */
  frames(signal?: AbortSignalLike): AsyncGenerator<TimedFrame, string | undefined, undefined>;
}

/** Writes something for each of many frames, under another name until all is there. */
export interface FrameWriter<Frame> {
  /** Resolves when there is room for another one. @param seconds when it is shown. @param index from 0. */
  write(frame: Frame, seconds: number, index: number): Promise<void>;
  /**
   * Ends it and gives it its own name, in place of what has it.
   * @param isCut frames are left out at the end.
   */
  finish(path: string, isCut: boolean): Promise<void>;
  /** Ends it; nothing is left. */
  abandon(): Promise<void>;
}

/** Each writer is given the folder where its result will be. All reject with a RefineNetError where it cannot be written. */
export interface VideoTools {
  /** @throws RuntimeError if what reads videos is not installed, FormatError if it is no video. */
  open(video: string): Promise<VideoReader>;
  /** A video of images with the sound of another one. @param onRemark is told if that cannot be kept. */
  writeOverlay(
    folder: string,
    source: string,
    info: VideoInfo,
    onRemark: (message: string) => void,
  ): Promise<FrameWriter<Image>>;
  /** A video without loss, whose gray values are class ids. */
  writeLabels(folder: string, info: VideoInfo): Promise<FrameWriter<LabelMap>>;
  /** A folder of PNG files, named by the frame. */
  writePngs(folder: string): Promise<FrameWriter<Uint8Array>>;
  /** A file of lines of text. */
  writeLines(folder: string): Promise<FrameWriter<string>>;
}
