/** Which inputs are videos. */
import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { isLive } from '../../../platform/node/ffmpeg/sources.ts';
import { globFiles, isGlob } from '../../../platform/node/glob.ts';

const EXTENSIONS = [
  ...['.mp4', '.m4v', '.mov', '.mkv', '.webm', '.avi', '.mpg', '.mpeg', '.ts', '.mts', '.m2ts', '.wmv', '.asf'],
  ...['.flv', '.ogv', '.3gp', '.m3u8', '.mxf', '.vob', '.y4m'],
];

const hasVideoExtension = (path: string): boolean =>
  EXTENSIONS.includes(extname(path.replace(/^(https?:[^?#]*).*$/i, '$1')).toLowerCase());

/** Whether an input is a video, a pattern of videos, a camera or a stream. A folder is none, whatever its name. */
export const isVideo = (input: string): boolean =>
  isLive(input) || (hasVideoExtension(input) && statSync(input, { throwIfNoEntry: false })?.isDirectory() !== true);

/** The videos that inputs stand for; of patterns those that match, by name. */
export function videosOf(inputs: readonly string[]): string[] {
  return inputs.flatMap((input) => {
    const isPattern = !isLive(input) && isGlob(input) && statSync(input, { throwIfNoEntry: false }) === undefined;
    const matches = isPattern && !/^https?:/i.test(input) ? globFiles(input).filter(hasVideoExtension).sort() : [];
    return matches.length > 0 ? matches : [input];
  });
}
