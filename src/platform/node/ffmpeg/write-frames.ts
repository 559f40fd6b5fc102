/** Images and labels into videos. */
import { RuntimeError } from '../../../errors.ts';
import type { Image } from '../../../image/image.ts';
import type { LabelMap } from '../../../image/label-map.ts';
import type { FrameWriter, VideoInfo } from '../../../tasks/predict/video/video-tools.ts';
import { addSound } from './add-sound.ts';
import { startEncoder } from './encoder.ts';
import { ffmpegAbilities } from './ffmpeg.ts';
import { moveTo } from './temporary.ts';

/** Best first; with these options the eye sees no loss. */
const ENCODERS: Readonly<Record<string, readonly string[]>> = {
  libx264: ['-preset', 'veryfast', '-crf', '18'],
  libopenh264: ['-b:v', '8M'],
  h264_videotoolbox: ['-q:v', '65'],
  mpeg4: ['-q:v', '3'],
};

/** An MP4 that plays everywhere, with the sound of the source. @param onRemark is told if the sound could not be kept. */
export async function writeOverlay(
  folder: string,
  source: string,
  info: VideoInfo,
  onRemark: (message: string) => void,
): Promise<FrameWriter<Image>> {
  const { encoders } = await ffmpegAbilities();
  const name = Object.keys(ENCODERS).find((known) => encoders.includes(known));
  if (name === undefined) {
    throw new RuntimeError(
      `The ffmpeg here encodes none of ${Object.keys(ENCODERS).join(', ')}. Install a build of it with libx264.`,
    );
  }
  const colors = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];
  const coding = ['-c:v', name, ...(ENCODERS[name] ?? []), ...colors];
  const hasSound = info.sound.length > 0;
  const encoder = await startEncoder(folder, { ...info, pixels: 'RGBA' }, withAlpha, [
    ...['-vf', overlayFilters(info).join(','), ...coding],
    // With sound all is written again, and the index put in front only then.
    ...(hasSound ? [] : ['-movflags', '+faststart']),
    ...['-f', 'mp4'],
  ]);
  return {
    ...encoder,
    async finish(path, isCut) {
      const images = await encoder.end(path);
      await moveTo(path, hasSound ? await addSound(images, source, info, isCut, onRemark) : images.file);
    },
  };
}

/** A Matroska file with FFV1, which loses nothing: gray values are class ids. */
export async function writeLabels(folder: string, info: VideoInfo): Promise<FrameWriter<LabelMap>> {
  const coding = ['-c:v', 'ffv1', '-level', '3', '-g', '1', '-f', 'matroska'];
  const encoder = await startEncoder(
    folder,
    { ...info, pixels: 'Y800' },
    ({ data }: LabelMap) => (data instanceof Uint8Array ? data : Uint8Array.from(data)),
    coding,
  );
  return { ...encoder, finish: async (path) => moveTo(path, (await encoder.end(path)).file) };
}

function overlayFilters({ width, height, pixelAspect }: VideoInfo): string[] {
  const [odd, oddLine] = [width % 2, height % 2];
  // Halved colors need even sides: an odd one gets another line, which repeats the last.
  const even = [
    `pad=${width + odd}:${height + oddLine}`,
    `fillborders=left=0:top=0:right=${odd}:bottom=${oddLine}:mode=smear`,
  ];
  return [
    ...(odd || oddLine ? even : []),
    'scale=out_color_matrix=bt709:out_range=tv',
    'format=yuv420p',
    `setsar=${pixelAspect.join('/')}`,
  ];
}

function withAlpha({ data }: Image): Uint8Array {
  const rgba = new Uint8Array((data.length / 3) * 4);
  for (let from = 0, to = 0; from < data.length; from += 3) {
    rgba[to++] = data[from] as number;
    rgba[to++] = data[from + 1] as number;
    rgba[to++] = data[from + 2] as number;
    rgba[to++] = 255;
  }
  return rgba;
}
