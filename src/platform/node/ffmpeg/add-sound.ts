/** The sound of one video with the images of another. */
import { dirname } from 'node:path';
import { messageOf } from '../../../errors.ts';
import type { VideoInfo } from '../../../tasks/predict/video/video-tools.ts';
import type { EncodedFrames } from './encoder.ts';
import { startFFmpeg } from './ffmpeg.ts';
import { ffmpegFile, inputOptions } from './sources.ts';
import { type Temporary, temporaryIn } from './temporary.ts';

/** What an MP4 holds as it is; other sound is encoded anew. */
const KEPT_CODECS = ['aac', 'mp3', 'mp2', 'ac3', 'eac3', 'opus', 'flac', 'alac'];

/**
 * Images and sound in one file, each at its time; the images alone, with a remark, if the sound cannot be read.
 * @param isCut the images end early, and the sound with them.
 */
export async function addSound(
  { file, start, seconds }: EncodedFrames,
  source: string,
  { sound }: VideoInfo,
  isCut: boolean,
  onRemark: (message: string) => void,
): Promise<Temporary> {
  const both = await temporaryIn(dirname(file.path));
  const codecs = sound.flatMap((codec, index) =>
    KEPT_CODECS.includes(codec) ? [`-c:a:${index}`, 'copy'] : [`-c:a:${index}`, 'aac', `-b:a:${index}`, '192k'],
  );
  const ffmpeg = startFFmpeg(
    [
      ...['-itsoffset', String(start), '-f', 'mp4', '-i', ffmpegFile(file.path), ...inputOptions(source)],
      ...['-map', '0:v', '-map', '1:a', '-c:v', 'copy', ...codecs],
      ...(isCut ? ['-t', String(start + seconds)] : []),
      ...['-movflags', '+faststart', '-strict', '-2', '-f', 'mp4', ffmpegFile(both.path)],
    ],
    ['ignore', 'ignore'],
  );
  try {
    await ffmpeg.ended;
    await file.remove();
    return both;
  } catch (error) {
    await both.remove();
    onRemark(`${source}: its sound cannot be kept (${messageOf(error)}).`);
    return file;
  }
}
