/** What a video is, as ffprobe says it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FormatError } from '../../../errors.ts';
import { PIXELS } from '../../../limits.ts';
import type { VideoInfo } from '../../../tasks/predict/video/video-tools.ts';
import { lastLines, notInstalled } from './ffmpeg.ts';
import { inputOptions, isLive, PATIENCE } from './sources.ts';

const run = promisify(execFile);

/** What only reading needs to know of it. */
export interface ProbedVideo extends VideoInfo {
  /** Which of the streams is the images. */
  readonly stream: number;
  /** Whether frames come at the same distance, as far as the file says. */
  readonly isRegular: boolean;
  /** How many frames the file lists, where it does. */
  readonly listed: number | undefined;
  /** Whether nothing says how its colors are coded. */
  readonly hasUnknownColors: boolean;
}

/** @throws RuntimeError if ffprobe is not installed, FormatError if it finds no video. */
export async function probe(source: string): Promise<ProbedVideo> {
  const { streams = [], format = {} } = await ask(source);
  const video = streams.find(({ codec_type, disposition }) => codec_type === 'video' && !disposition?.attached_pic);
  if (!video) {
    const kinds = [...new Set(streams.map(({ codec_type = 'data' }) => codec_type))].join(', ');
    throw new FormatError(`${source}: there are no images in it (ffmpeg finds: ${kinds || 'nothing'}). Give a video.`);
  }
  if (!video.width || !video.height) {
    throw new FormatError(`${source}: the size of its images is not known. It may be damaged or cut off.`);
  }
  if (video.width * video.height > PIXELS) {
    throw new FormatError(
      `${source}: ${video.width} x ${video.height} pixels are more than the ${PIXELS} allowed. Scale it down first.`,
    );
  }
  const live = isLive(source);
  const isTurned = Math.abs((Math.abs(rotationOf(video)) % 180) - 90) <= 1;
  const [average, base] = [fraction(video.avg_frame_rate), fraction(video.r_frame_rate)];
  const frameRate = average ?? base ?? [25, 1];
  const aspect = fraction(video.sample_aspect_ratio, ':') ?? [1, 1];
  const listed = numberOf(video.nb_frames);
  // Of an AVI ffmpeg tells the duration of what is there, not of what should be.
  const whole = format.format_name === 'avi' && listed ? (listed * frameRate[1]) / frameRate[0] : undefined;
  const duration = live ? undefined : (whole ?? numberOf(video.duration) ?? numberOf(format.duration));
  const estimate = duration && Math.round((duration * frameRate[0]) / frameRate[1]);
  return {
    width: isTurned ? video.height : video.width,
    height: isTurned ? video.width : video.height,
    frameRate,
    pixelAspect: isTurned ? [aspect[1], aspect[0]] : aspect,
    duration,
    frames: live ? undefined : (listed ?? estimate),
    listed,
    isLive: live,
    sound: live
      ? []
      : streams.flatMap(({ codec_type, codec_name = 'unknown' }) => (codec_type === 'audio' ? [codec_name] : [])),
    stream: video.index ?? 0,
    isRegular: average !== undefined && base !== undefined && average[0] * base[1] === base[0] * average[1],
    hasUnknownColors: (video.color_space ?? 'unknown') === 'unknown',
  };
}

async function ask(source: string): Promise<Probed> {
  const options = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json'];
  try {
    const { stdout } = await run('ffprobe', [...options, ...inputOptions(source)], {
      maxBuffer: 16 << 20,
      windowsHide: true,
      ...(isLive(source) && { timeout: PATIENCE }),
    });
    return JSON.parse(stdout) as Probed;
  } catch (error) {
    const missing = notInstalled(error);
    if (missing) throw missing;
    const { stderr, killed } = error as { readonly stderr?: string; readonly killed?: boolean };
    const said = killed ? `no answer in ${PATIENCE / 1000} seconds` : reason(stderr, source);
    const advice = isLive(source)
      ? 'Check the address, and that nothing else uses it'
      : 'Check that it is a video, and copied whole';
    throw new FormatError(`${source}: this is no video that ffmpeg can read (${said}). ${advice}.`, { cause: error });
  }
}

/** What was said last, without the name again. */
const reason = (stderr: string | undefined, source: string): string =>
  (lastLines(stderr ?? '') ?? 'it said nothing').replaceAll(`${inputOptions(source).at(-1)}: `, '');

interface Probed {
  readonly streams?: readonly ProbedStream[];
  readonly format?: { readonly format_name?: string; readonly duration?: string };
}

interface ProbedStream {
  readonly index?: number;
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_aspect_ratio?: string;
  readonly color_space?: string;
  readonly avg_frame_rate?: string;
  readonly r_frame_rate?: string;
  readonly duration?: string;
  readonly nb_frames?: string;
  readonly tags?: { readonly rotate?: string };
  readonly disposition?: { readonly attached_pic?: number };
  readonly side_data_list?: readonly { readonly rotation?: number }[];
}

/** Degrees by which players turn it; older versions say it as a tag. */
const rotationOf = ({ side_data_list = [], tags }: ProbedStream): number =>
  side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation ?? (Number(tags?.rotate) || 0);

function fraction(text: string | undefined, separator = '/'): readonly [number, number] | undefined {
  const [numerator = 0, denominator = 1] = (text ?? '').split(separator).map(Number);
  return numerator > 0 && denominator > 0 ? [numerator, denominator] : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
