/** An ffmpeg that makes a file of frames, each at its time. */
import type { Writable } from 'node:stream';
import { messageOf } from '../../../errors.ts';
import { notWritten } from '../files.ts';
import { ffmpegAbilities, startFFmpeg } from './ffmpeg.ts';
import { type MatroskaVideo, matroskaFrameHeader, matroskaHeader } from './matroska/write.ts';
import { ffmpegFile } from './sources.ts';
import { type Temporary, temporaryIn } from './temporary.ts';

export interface Encoder<Frame> {
  /** Resolves when there is room for another one. @param seconds of its presentation. */
  write(frame: Frame, seconds: number): Promise<void>;
  /** What was made of all. @param path names it in messages. */
  end(path: string): Promise<EncodedFrames>;
  /** Ends it; nothing is left. */
  abandon(): Promise<void>;
}

export interface EncodedFrames {
  /** Begins with the first frame, at 0. */
  readonly file: Temporary;
  /** When the first frame was shown, and how long all are. */
  readonly start: number;
  readonly seconds: number;
}

/** @throws RefineNetError where the folder cannot be written. */
export async function startEncoder<Frame>(
  folder: string,
  video: MatroskaVideo,
  bytesOf: (frame: Frame) => Uint8Array,
  options: readonly string[],
): Promise<Encoder<Frame>> {
  const { keepTimes } = await ffmpegAbilities();
  const file = await temporaryIn(folder);
  const times = [...keepTimes, `1:${timescale(video)}`];
  const output = ffmpegFile(file.path);
  const ffmpeg = startFFmpeg(['-f', 'matroska', '-i', 'pipe:0', ...times, ...options, output], ['pipe', 'ignore']);
  const pipe = ffmpeg.process.stdin as Writable;
  // A process that ended closes the pipe; its end says why.
  pipe.on('error', () => {});
  const failed = async (path: string, error: unknown): Promise<never> => {
    await file.remove();
    throw notWritten(path, new Error(messageOf(error), { cause: error }));
  };
  const ending = { error: undefined as Error | undefined, onEnded: () => {} };
  const endedWith = (error: Error): void => {
    ending.error = error;
    ending.onEnded();
  };
  ffmpeg.ended.then(() => endedWith(new Error('ffmpeg ended before the last frame')), endedWith);
  /** Resolves when there is room in the pipe, which one writer at a time waits for. */
  const room = async (): Promise<void> => {
    if (!ending.error) {
      await new Promise<void>((resolve) => {
        pipe.once('drain', resolve);
        ending.onEnded = resolve;
      });
    }
    if (ending.error) await failed(folder, ending.error);
  };
  let start: number | undefined;
  let last = 0;
  pipe.write(matroskaHeader(video));
  return {
    async write(frame, seconds) {
      start ??= seconds;
      last = seconds;
      const bytes = bytesOf(frame);
      pipe.write(matroskaFrameHeader(seconds - start, bytes.length));
      if (!pipe.write(bytes)) await room();
    },
    async end(path) {
      pipe.end();
      await ffmpeg.ended.catch((error: unknown) => failed(path, error));
      const [numerator, denominator] = video.frameRate;
      return { file, start: start ?? 0, seconds: last - (start ?? 0) + denominator / numerator };
    },
    async abandon() {
      ffmpeg.process.kill('SIGKILL');
      await ffmpeg.ended.catch(() => {});
      await file.remove();
    },
  };
}

/** Ticks a second in which the times of regular frames are whole numbers, at least so many. */
const LEAST_TICKS = 10_000;
const MOST_TICKS = 1_000_000;

function timescale({ frameRate: [numerator] }: MatroskaVideo): number {
  if (!Number.isSafeInteger(numerator) || numerator > MOST_TICKS) return MOST_TICKS;
  return numerator * Math.ceil(LEAST_TICKS / numerator);
}
