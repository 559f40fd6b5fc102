/** Frames out of a video, as pixels. */
import { FormatError, messageOf } from '../../../errors.ts';
import { image } from '../../../image/image.ts';
import type { AbortSignalLike } from '../../../inference/segment-options.ts';
import type { TimedFrame } from '../../../tasks/predict/video/video-tools.ts';
import { ffmpegAbilities, startFFmpeg } from './ffmpeg.ts';
import { readMatroska } from './matroska/read.ts';
import type { ProbedVideo } from './probe.ts';
import { whileHeard } from './silence.ts';
import { inputOptions, PATIENCE } from './sources.ts';

/** From so many lines on players take colors of which nothing is said for those of high definition. */
const HIGH_DEFINITION = 720;

/** Seconds to which the stream of frames tells times. */
const TIME_STEP = 0.001;

/**
 * Frames as ffmpeg decodes them, upright and of one size. It waits while nobody takes them: pipes and this process hold some, never
 * all. Ending the loop or the signal ends it, and a camera or a stream of which nothing comes for a while.
 * @param patience milliseconds that are waited for a part of what is live.
 * @returns what ffmpeg complained of, if it went on nevertheless.
 * @throws FormatError if it breaks off.
 */
export async function* readFrames(
  source: string,
  video: ProbedVideo,
  signal: AbortSignalLike = { aborted: false },
  patience = PATIENCE,
): AsyncGenerator<TimedFrame, string | undefined, undefined> {
  const { width, height, stream, hasUnknownColors } = video;
  const { keepTimes } = await ffmpegAbilities();
  const colors = hasUnknownColors && height >= HIGH_DEFINITION ? ':in_color_matrix=bt709' : '';
  const ffmpeg = startFFmpeg(
    [
      ...inputOptions(source),
      ...['-map', `0:${stream}`, '-vf', `scale=${width}:${height}${colors}`, '-c:v', 'rawvideo', '-pix_fmt', 'rgba'],
      ...[...keepTimes, '1:1000000', '-flush_packets', '1', '-f', 'matroska', 'pipe:1'],
    ],
    ['ignore', 'pipe'],
  );
  const stop = () => void ffmpeg.process.kill('SIGKILL');
  signal.addEventListener?.('abort', stop);
  let isSilent = false;
  const fallSilent = () => {
    isSilent = true;
    stop();
  };
  let frames = 0;
  let end = 0;
  try {
    const clock = frameClock(video);
    const output = ffmpeg.process.stdout as AsyncIterable<Uint8Array>;
    const pixels = video.isLive ? whileHeard(output, patience, fallSilent) : output;
    for await (const { bytes, seconds } of readMatroska(pixels, width * height * 4)) {
      if (signal.aborted) return undefined;
      const time = clock(seconds);
      frames++;
      end = time;
      yield { image: image(width, height, withoutAlpha(bytes)), seconds: time };
    }
    if (signal.aborted) return undefined;
    await ffmpeg.ended.catch((error: unknown) => {
      const reason = isSilent ? `nothing came for ${patience / 1000} seconds` : messageOf(error);
      throw brokenOff(source, video, frames, reason, error);
    });
    const said = ffmpeg.said();
    if (frames === 0) throw brokenOff(source, video, 0, said ?? 'no frame came');
    const isCut = isShort(video, end) && (said !== undefined || frames < (video.listed ?? 0));
    if (isCut) throw brokenOff(source, video, frames, said ?? 'the file says that there are more');
    return said;
  } finally {
    signal.removeEventListener?.('abort', stop);
    stop();
  }
}

function brokenOff(source: string, { frames: expected }: ProbedVideo, frames: number, reason: string, cause?: unknown) {
  const of = expected === undefined ? '' : ` of about ${expected}`;
  return new FormatError(`${source}: the video breaks off after ${frames}${of} frames (${reason}).`, { cause });
}

/** Whether the last frame shown from `end` on leaves more than a frame or two of what was promised. */
function isShort({ duration, frameRate: [numerator, denominator] }: ProbedVideo, end: number): boolean {
  return duration !== undefined && duration - end > (2.5 * denominator) / numerator + 0.05;
}

/** The exact times of frames that come regularly; those of others as they are told, to a millisecond. */
function frameClock({ isRegular, frameRate: [numerator, denominator] }: ProbedVideo): (seconds: number) => number {
  let first: number | undefined;
  let index = 0;
  return (seconds) => {
    first ??= seconds;
    const regular = first + (index++ * denominator) / numerator;
    return isRegular && Math.abs(seconds - regular) <= 1.5 * TIME_STEP ? regular : seconds;
  };
}

function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from] as number;
    rgb[to++] = rgba[from + 1] as number;
    rgb[to++] = rgba[from + 2] as number;
  }
  return rgb;
}
