/** Videos by the user's ffmpeg. */
import { probe } from './probe.ts';
import { readFrames } from './read-frames.ts';
import type { VideoTools } from '../../../tasks/predict/video/video-tools.ts';
import { writeLines, writePngs } from './write-files.ts';
import { writeLabels, writeOverlay } from './write-frames.ts';

export const ffmpegTools: VideoTools = {
  async open(video) {
    const info = await probe(video);
    return { info, frames: (signal) => readFrames(video, info, signal) };
  },
  writeOverlay,
  writeLabels,
  writePngs,
  writeLines,
};
