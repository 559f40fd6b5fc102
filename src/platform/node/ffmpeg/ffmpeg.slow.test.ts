/** Videos in and out by the machine's own ffmpeg, without a model; skipped where there is none. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../test/support/synthetic-model.ts';
import { image } from '../../../image/image.ts';
import type { TimedFrame } from '../../../tasks/predict/video/video-tools.ts';
import { probe } from './probe.ts';
import { readFrames } from './read-frames.ts';
import { ffmpegTools } from './video-tools.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => join(folder, name);
const ffmpeg = (...options: string[]) => execFileSync('ffmpeg', ['-y', '-v', 'error', ...options]);

/** A test image that moves, two seconds long unless said. */
const drawn = (size = '64x48', seconds = 2, rate = 25) =>
  ['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=${rate}:duration=${seconds}`] as const;
const tone = (seconds = 2) => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`] as const;

interface Stream {
  readonly codec_type: string;
  readonly codec_name: string;
  readonly width: number;
  readonly height: number;
  readonly duration: string;
  readonly start_time: string;
  readonly nb_read_frames: string;
  readonly sample_aspect_ratio?: string;
}

function streamsOf(path: string): Stream[] {
  const options = ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json', path];
  return JSON.parse(execFileSync('ffprobe', options).toString()).streams;
}

/** When frames are shown. */
const timesOf = (path: string): number[] =>
  execFileSync('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'frame=pts_time',
    '-of',
    'csv=p=0',
    path,
  ])
    .toString()
    .trim()
    .split(/\s+/)
    .map(Number.parseFloat);

async function readAll(path: string): Promise<TimedFrame[]> {
  const frames: TimedFrame[] = [];
  for await (const frame of (await ffmpegTools.open(path)).frames()) frames.push(frame);
  return frames;
}

const countOf = async (path: string): Promise<number> => (await readAll(path)).length;

/** Through here and back as it is. */
async function copy(source: string, name: string, isCut = false): Promise<string[]> {
  const { info, frames } = await ffmpegTools.open(source);
  const remarks: string[] = [];
  const writer = await ffmpegTools.writeOverlay(folder, source, info, (remark) => remarks.push(remark));
  let index = 0;
  for await (const frame of frames()) {
    await writer.write(frame.image, frame.seconds, index++);
    if (isCut && index === 10) break;
  }
  await writer.finish(inFolder(name), isCut);
  return remarks;
}

/** The mean difference of bytes. */
function distance(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

describe.skipIf(!hasFfmpeg)(`videos by ffmpeg${hasFfmpeg ? '' : ' (it is not installed)'}`, () => {
  test('frames have the pixels and times that the file has', async () => {
    ffmpeg(...drawn('33x25', 1, 30), '-c:v', 'ffv1', '-pix_fmt', 'gbrp', inFolder('exact.mkv'));
    const frames = await readAll(inFolder('exact.mkv'));
    const raw = ffmpeg('-i', inFolder('exact.mkv'), '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1');
    expect(frames).toHaveLength(30);
    expect(Buffer.concat(frames.map((frame) => frame.image.data)).equals(raw)).toBe(true);
    for (const [index, { seconds }] of frames.entries()) expect(seconds).toBeCloseTo(index / 30, 9);
  });

  test.each([
    [90, [0, 1, -1, 0], 'transpose=clock'],
    [180, [-1, 0, 0, -1], 'hflip,vflip'],
    [270, [0, -1, 1, 0], 'transpose=cclock'],
  ])('a film that is to be turned by %i degrees comes out upright', async (degrees, matrix, turn) => {
    const [lying, path] = [inFolder('lying.mp4'), inFolder('turned.mp4')];
    ffmpeg(...drawn('64x48', 0.2), '-pix_fmt', 'yuv420p', lying);
    const bytes = await readFile(lying);
    // The matrix of the track's header: two by two numbers, each row followed by a number that is not looked at.
    const at = bytes.indexOf('tkhd') + 4 + 40;
    for (const [index, value] of matrix.entries()) bytes.writeInt32BE(value * 65536, at + 4 * (index + (index >> 1)));
    await writeFile(path, bytes);
    const { info, frames } = await ffmpegTools.open(path);
    const [width, height] = degrees === 180 ? [64, 48] : [48, 64];
    expect(info).toMatchObject({ width, height });
    const { value } = await frames().next();
    const raw = ['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
    const expected = ffmpeg('-i', lying, '-vf', turn, ...raw);
    expect(distance((value as TimedFrame).image.data, expected)).toBeLessThan(2);
    await copy(path, 'upright.mp4');
    expect(streamsOf(inFolder('upright.mp4'))[0]).toMatchObject({ width, height, nb_read_frames: '5' });
  });

  test('colors come out as they went in, in standard and in high definition', async () => {
    for (const size of ['320x240', '1280x720']) {
      ffmpeg(...drawn(size, 0.2), '-pix_fmt', 'yuv420p', inFolder('colors.mp4'));
      await copy(inFolder('colors.mp4'), 'colors-out.mp4');
      const [given] = await readAll(inFolder('colors.mp4'));
      const [made] = await readAll(inFolder('colors-out.mp4'));
      expect(distance((given as TimedFrame).image.data, (made as TimedFrame).image.data)).toBeLessThan(3);
    }
  });

  test('odd sides grow by the line that players need, which repeats the last', async () => {
    ffmpeg(...drawn('65x47', 0.4), '-pix_fmt', 'yuv444p', inFolder('odd.mp4'));
    await copy(inFolder('odd.mp4'), 'even.mp4');
    expect(streamsOf(inFolder('even.mp4'))[0]).toMatchObject({ width: 66, height: 48, nb_read_frames: '10' });
    const [frame] = await readAll(inFolder('even.mp4'));
    const { data, width } = (frame as TimedFrame).image;
    const row = (y: number) => data.subarray(y * width * 3, (y + 1) * width * 3);
    expect(distance(row(47), row(46))).toBeLessThan(12);
  });

  test('pixels that are not square stay so', async () => {
    ffmpeg(...drawn(), '-vf', 'setsar=16/15', '-pix_fmt', 'yuv420p', inFolder('wide.mp4'));
    await copy(inFolder('wide.mp4'), 'wide-out.mp4');
    expect(streamsOf(inFolder('wide-out.mp4'))[0]?.sample_aspect_ratio).toBe('16:15');
  });

  test('frames at changing distances keep their times', async () => {
    // Every third frame is missing in the first second, and all but each tenth afterwards.
    const missing = "select='if(lt(t,1),mod(n,3),not(mod(n,10)))'";
    const source = inFolder('changing.mp4');
    ffmpeg(...drawn('64x48', 4), ...tone(4), '-vf', missing, '-fps_mode', 'vfr', '-pix_fmt', 'yuv420p', source);
    await copy(source, 'changing-out.mp4');
    const [given, made] = [source, inFolder('changing-out.mp4')].map(timesOf) as [number[], number[]];
    expect(made).toHaveLength(given.length);
    expect(new Set(given.slice(1).map((time, index) => (time - (given[index] ?? 0)).toFixed(2))).size).toBeGreaterThan(
      2,
    );
    expect(Math.max(...made.map((time, index) => Math.abs(time - (given[index] ?? 0))))).toBeLessThan(0.002);
    const [image, sound] = streamsOf(inFolder('changing-out.mp4'));
    expect(Number(sound?.duration)).toBeCloseTo(4, 1);
    expect(Math.abs(Number(image?.duration) - Number(streamsOf(source)[0]?.duration))).toBeLessThan(0.15);
  });

  test('images that begin after the sound still do', async () => {
    const source = inFolder('late.mkv');
    ffmpeg('-itsoffset', '0.5', ...drawn('64x48', 1), ...tone(2), '-pix_fmt', 'yuv420p', source);
    await copy(source, 'late-out.mp4');
    const [given, made] = [source, inFolder('late-out.mp4')].map((path) => timesOf(path)[0]) as [number, number];
    expect(given).toBeGreaterThan(0.49);
    expect(made).toBeCloseTo(given, 2);
  });

  test.each([
    ['aac', 'sound.mp4', ['-c:a', 'aac'], 'aac'],
    ['pcm', 'sound.mov', ['-c:a', 'pcm_s16le'], 'aac'],
    ['vorbis', 'sound.mkv', ['-c:a', 'libvorbis'], 'aac'],
    ['opus', 'sound.webm', ['-c:v', 'libvpx', '-c:a', 'libopus'], 'opus'],
  ])('sound as %s is kept', async (_, name, coding, codec) => {
    ffmpeg(...drawn(), ...tone(), '-pix_fmt', 'yuv420p', ...coding, inFolder(name));
    expect(await copy(inFolder(name), 'sound-out.mp4')).toEqual([]);
    const [image, sound] = streamsOf(inFolder('sound-out.mp4'));
    expect(image).toMatchObject({ codec_name: 'h264', nb_read_frames: '50' });
    expect(sound?.codec_name).toBe(codec);
    expect(Number(sound?.duration)).toBeCloseTo(2, 1);
  });

  test('where images end early, so does the sound', async () => {
    ffmpeg(...drawn(), ...tone(), '-pix_fmt', 'yuv420p', inFolder('long.mp4'));
    await copy(inFolder('long.mp4'), 'cut.mp4', true);
    const [image, sound] = streamsOf(inFolder('cut.mp4'));
    expect(image?.nb_read_frames).toBe('10');
    expect(Number(sound?.duration)).toBeLessThan(0.5);
  });

  test.each([
    [
      'a text',
      'text.mp4',
      async (path: string) => writeFile(path, 'no video at all, but a text of some length'),
      'text.mp4: this is no video that ffmpeg can read (moov atom not found; Invalid data found when processing input). Check that it is a video, and copied whole.',
    ],
    [
      'an empty file',
      'empty.mp4',
      async (path: string) => writeFile(path, ''),
      'empty.mp4: this is no video that ffmpeg can read (',
    ],
    [
      'sound alone',
      'sound-only.mp4',
      async (path: string) => void ffmpeg(...tone(), path),
      'sound-only.mp4: there are no images in it (ffmpeg finds: audio). Give a video.',
    ],
    [
      'a file without its index',
      'headless.mp4',
      async (path: string) => {
        ffmpeg(...drawn(), '-pix_fmt', 'yuv420p', path);
        await truncate(path, 3000);
      },
      'headless.mp4: this is no video that ffmpeg can read (moov atom not found; Invalid data found when processing input). Check that it is a video, and copied whole.',
    ],
  ])('%s is refused', async (_, name, make, message) => {
    await make(inFolder(name));
    await expect(ffmpegTools.open(inFolder(name))).rejects.toThrow(message);
  });

  test.each(['cut.mp4', 'cut.mkv', 'cut.avi'])(
    '%s, which was cut in the middle, breaks off, and says where',
    async (name) => {
      const path = inFolder(`source-${name}`);
      ffmpeg(
        ...drawn('320x240', 4),
        '-g',
        '5',
        '-pix_fmt',
        'yuv420p',
        ...(name.endsWith('mp4') ? ['-movflags', '+faststart'] : []),
        path,
      );
      await truncate(path, Math.round((await readFile(path)).length * 0.6));
      await expect(countOf(path)).rejects.toThrow(
        /source-cut\.\w+: the video breaks off after \d\d of about 100 frames \(.+\)\.$/,
      );
    },
  );

  test('an ffmpeg that dies while it reads is told, and so is one that dies while it writes', async () => {
    ffmpeg(...drawn('320x240', 1), '-pix_fmt', 'yuv420p', inFolder('fine.mp4'));
    const bin = inFolder('bin');
    await mkdir(bin);
    const real = execFileSync('which', ['ffmpeg']).toString().trim();
    const died = `case "$*" in
      *pipe:1*) "${real}" "$@" 2>/dev/null | head -c 2000000; kill -9 $$ ;;
      *pipe:0*) head -c 2000000 >/dev/null; echo "out of luck" >&2; exit 3 ;;
      *) exec "${real}" "$@" ;;
    esac`;
    await writeFile(join(bin, 'ffmpeg'), `#!/bin/sh\n${died}\n`);
    await chmod(join(bin, 'ffmpeg'), 0o755);
    const path = process.env.PATH;
    const before = await readdir(folder);
    process.env.PATH = `${bin}:${path}`;
    try {
      await expect(countOf(inFolder('fine.mp4'))).rejects.toThrow(
        /fine\.mp4: the video breaks off after 6 of about 25 frames \(ffmpeg: ended by SIGKILL\)\.$/,
      );
      const info = {
        width: 320,
        height: 240,
        frameRate: [25, 1],
        pixelAspect: [1, 1],
        duration: 1,
        frames: 25,
        isLive: false,
        sound: [],
      } as const;
      const writer = await ffmpegTools.writeOverlay(folder, inFolder('fine.mp4'), info, () => {});
      const frame = image(320, 240, new Uint8Array(320 * 240 * 3));
      await expect(
        (async () => {
          for (let index = 0; index < 100; index++) await writer.write(frame, index / 25, index);
          await writer.finish(inFolder('never.mp4'), false);
        })(),
      ).rejects.toThrow(/cannot be written \(ffmpeg: out of luck\)/);
    } finally {
      process.env.PATH = path;
    }
    expect(await readdir(folder)).toEqual(before);
  });

  test('a device of ffmpeg is read as one without an end', async () => {
    const source = 'lavfi:testsrc=size=64x48:rate=25:duration=1';
    const { info } = await ffmpegTools.open(source);
    expect(info).toMatchObject({ width: 64, height: 48, isLive: true, duration: undefined, sound: [] });
    expect(await readAll(source)).toHaveLength(25);
  });

  test('a stream that falls silent ends after a while, with what came of it', async () => {
    // ffmpeg looks at five seconds before it decodes.
    ffmpeg(...drawn('64x48', 10), '-f', 'mpegts', inFolder('live.ts'));
    const sent = await readFile(inFolder('live.ts'));
    const connected: Socket[] = [];
    const camera = createServer((socket) => {
      connected.push(socket);
      socket.on('error', () => {}).write(sent);
    });
    await new Promise<void>((resolve) => camera.listen(0, '127.0.0.1', resolve));
    try {
      const source = `tcp://127.0.0.1:${(camera.address() as AddressInfo).port}`;
      const video = { ...(await probe(inFolder('live.ts'))), duration: undefined, frames: undefined, isLive: true };
      let frames = 0;
      const reading = (async () => {
        for await (const _ of readFrames(source, video, undefined, 1500)) frames++;
      })();
      await expect(reading).rejects.toThrow(
        /^tcp:.*: the video breaks off after \d+ frames \(nothing came for 1\.5 seconds\)\.$/,
      );
      expect(frames).toBeGreaterThan(0);
    } finally {
      for (const socket of connected) socket.destroy();
      camera.close();
    }
  });

  test.each(['10:30', '-photos'])(
    'results go to a folder whose name looks like an address or an option: %s',
    async (name) => {
      ffmpeg(...drawn(), ...tone(), inFolder('looks.mp4'));
      const before = process.cwd();
      process.chdir(folder);
      try {
        const { info, frames } = await ffmpegTools.open('looks.mp4');
        const remarks: string[] = [];
        const writer = await ffmpegTools.writeOverlay(name, 'looks.mp4', info, (remark) => remarks.push(remark));
        let index = 0;
        for await (const frame of frames()) await writer.write(frame.image, frame.seconds, index++);
        await writer.finish(join(name, 'looks.mp4'), false);
        expect(remarks).toEqual([]);
      } finally {
        process.chdir(before);
      }
      expect(streamsOf(join(folder, name, 'looks.mp4')).map(({ codec_type }) => codec_type)).toEqual([
        'video',
        'audio',
      ]);
    },
  );

  test('masks of an earlier run are taken away, files of others stay', async () => {
    const masks = inFolder('clip.masks');
    const frames = [Uint8Array.of(1), Uint8Array.of(2)];
    const write = async (indices: readonly number[]) => {
      const writer = await ffmpegTools.writePngs(folder);
      for (const index of indices) await writer.write(frames[0] as Uint8Array, 0, index);
      await writer.finish(masks, false);
    };
    await write([0, 1, 2]);
    await write([0, 10]);
    expect(await readdir(masks)).toEqual(['000000.png', '000010.png']);
    await writeFile(join(masks, 'notes.txt'), 'mine');
    await write([5]);
    expect((await readdir(masks)).sort()).toEqual(['000005.png', 'notes.txt']);
  });
});
