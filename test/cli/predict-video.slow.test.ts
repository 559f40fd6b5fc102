/** predict on videos, through the machine's own ffmpeg; skipped where there is none. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeLabelPng } from '../../src/image/png.ts';
import { drawnImage } from '../support/drawn/files.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder, writeSyntheticModel } from '../support/synthetic-model.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const FRAMES = 100;
const [WIDTH, HEIGHT] = [64, 48];

let folder: string;
let model: string;
const inFolder = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
  if (hasFfmpeg) drawVideo(inFolder('clip.mp4'), FRAMES);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Drawn frames, 25 a second, with a tone. */
function drawVideo(path: string, frames: number): void {
  const pixels = Array.from({ length: frames }, (_, seed) => drawnImage(seed, WIDTH, HEIGHT).data);
  const images = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${WIDTH}x${HEIGHT}`, '-r', '25', '-i', 'pipe:0'];
  const tone = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${frames / 25}`];
  execFileSync('ffmpeg', ['-v', 'error', ...images, ...tone, '-pix_fmt', 'yuv420p', path], {
    input: Buffer.concat(pixels),
  });
}

interface Stream {
  readonly codec_type: string;
  readonly nb_read_frames: string;
  readonly duration: string;
}

function streamsOf(path: string): Stream[] {
  const options = ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json'];
  return JSON.parse(execFileSync('ffprobe', [...options, path]).toString()).streams;
}

const argumentsFor = (video: string, output: string, ...options: string[]) => [
  ...['predict', inFolder(video), '--model', model, '--output', inFolder(output), '--threads', '1', ...options],
];
const predict = (...args: Parameters<typeof argumentsFor>) => runCli(argumentsFor(...args));

const labelsIn = async (path: string) => decodeLabelPng(await readFile(inFolder(path))).data;

describe.skipIf(!hasFfmpeg)(`a video of 100 frames with sound${hasFfmpeg ? '' : ' (ffmpeg is not installed)'}`, () => {
  test('keeps frames, sound and duration, and has masks and figures for every frame', async () => {
    const { code, stdout, stderr } = await predict('clip.mp4', 'all');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/clip\.mp4: 100 frames, \d+\.\d frames a second → .*clip\.overlay\.mp4\n$/);
    expect(stderr).toMatch(/100\/100 frames \(clip\.mp4\)\n/);
    const [own, given] = [inFolder('all/clip.overlay.mp4'), inFolder('clip.mp4')].map(streamsOf) as [
      Stream[],
      Stream[],
    ];
    expect(own.map(({ codec_type }) => codec_type)).toEqual(['video', 'audio']);
    expect(own.map(({ nb_read_frames }) => nb_read_frames)).toEqual(given.map(({ nb_read_frames }) => nb_read_frames));
    expect(own[0]?.nb_read_frames).toBe(String(FRAMES));
    expect(Number(own[0]?.duration)).toBeCloseTo(FRAMES / 25, 3);
    expect(Number(own[1]?.duration)).toBeCloseTo(Number(given[1]?.duration), 1);
    expect(await readdir(inFolder('all/clip.masks'))).toHaveLength(FRAMES);
    const lines = (await readFile(inFolder('all/clip.frames.jsonl'), 'utf8')).trim().split('\n');
    const figures = lines.map((line) => JSON.parse(line));
    expect(figures.map(({ frame }) => frame)).toEqual(Array.from({ length: FRAMES }, (_, frame) => frame));
    expect(figures[50].seconds).toBe(2);
    const counted = figures[50].classes.reduce((sum: number, { pixels }: { pixels: number }) => sum + pixels, 0);
    expect(counted).toBe(WIDTH * HEIGHT);
    expect((await readdir(inFolder('all'))).sort()).toEqual(['clip.frames.jsonl', 'clip.masks', 'clip.overlay.mp4']);
  });

  test('gives each frame the mask that predict gives it as a file', async () => {
    execFileSync('ffmpeg', ['-v', 'error', '-i', inFolder('clip.mp4'), '-frames:v', '3', inFolder('%06d.png')]);
    const files = ['000001.png', '000003.png'].map(inFolder);
    const options = ['--model', model, '--output', inFolder('as-files'), '--threads', '1', '--optimize', 'speed'];
    const { code, stderr } = await runCli(['predict', ...files, ...options]);
    expect(code, stderr).toBe(0);
    expect(await labelsIn('all/clip.masks/000000.png')).toEqual(await labelsIn('as-files/000001.png'));
    expect(await labelsIn('all/clip.masks/000002.png')).toEqual(await labelsIn('as-files/000003.png'));
  });

  test('segments every tenth frame, and keeps its labels without loss in a video', async () => {
    const { code, stdout, stderr } = await predict(
      ...(['clip.mp4', 'tenth', '--every', '10', '--masks', 'video', '--smooth', '2', '--json'] as const),
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ status: 'finished', frames: FRAMES, segmented: 10, width: WIDTH, height: HEIGHT },
      outputs: { masks: inFolder('tenth/clip.masks.mkv') },
    });
    const gray = ['-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
    const raw = execFileSync('ffmpeg', ['-v', 'error', '-i', inFolder('tenth/clip.masks.mkv'), ...gray]);
    expect(raw).toHaveLength(FRAMES * WIDTH * HEIGHT);
    // A pixel shows what was predicted of it twice in a row, at first what the first frame has; nine frames show the labels before them.
    const numbers = Array.from({ length: FRAMES / 10 }, (_, tenth) => String(10 * tenth).padStart(6, '0'));
    const predicted = await Promise.all(numbers.map((number) => labelsIn(`all/clip.masks/${number}.png`)));
    const shown = [...(predicted[0] as ArrayLike<number> & Iterable<number>)];
    let held = 0;
    for (const [tenth, labels] of predicted.entries()) {
      const before = predicted[Math.max(0, tenth - 1)];
      labels.forEach((label, pixel) => {
        if (label === before?.[pixel]) shown[pixel] = label;
        else held++;
      });
      for (let frame = 10 * tenth; frame < 10 * (tenth + 1); frame++) {
        const differing = shown.findIndex((label, pixel) => label !== raw[frame * shown.length + pixel]);
        expect([frame, differing]).toEqual([frame, -1]);
      }
    }
    expect(held).toBeGreaterThan(0);
  });

  test('one that is none fails alone, and nothing is left of it', async () => {
    await writeFile(inFolder('broken.mp4'), 'no video');
    execFileSync('ffmpeg', ['-v', 'error', '-i', inFolder('clip.mp4'), '-t', '0.2', inFolder('short.mp4')]);
    const { code, stdout, stderr } = await runCli([
      ...['predict', inFolder('broken.mp4'), inFolder('short.mp4'), '--model', model, '--output', inFolder('two')],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('broken.mp4: this is no video that ffmpeg can read (');
    expect(stderr).toContain('1 of 2 videos failed.');
    expect(stdout).toContain('short.mp4: 5 frames');
    expect((await readdir(inFolder('two'))).sort()).toEqual(['short.frames.jsonl', 'short.masks', 'short.overlay.mp4']);
  });

  test('a film that breaks off is an error, and what could be read is kept under another name', async () => {
    const bytes = await readFile(inFolder('clip.mp4'));
    const faststart = ['-c', 'copy', '-movflags', '+faststart', inFolder('whole.mp4')];
    execFileSync('ffmpeg', ['-v', 'error', '-i', inFolder('clip.mp4'), ...faststart]);
    await writeFile(inFolder('half.mp4'), (await readFile(inFolder('whole.mp4'))).subarray(0, bytes.length * 0.6));
    const { code, stderr } = await predict('half.mp4', 'half', '--every', '50');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /half\.mp4: the video breaks off after \d+ of about 100 frames \(.+\)\. What could be read of it is in .*half\.partial\.overlay\.mp4\./,
    );
    expect((await readdir(inFolder('half'))).sort()).toEqual([
      ...['half.partial.frames.jsonl', 'half.partial.masks', 'half.partial.overlay.mp4'],
    ]);
  });

  test('Ctrl-C keeps what is done under another name, a kill leaves none, and ffmpeg ends with both', async () => {
    drawVideo(inFolder('long.mp4'), 3000);
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const output = `ended-by-${signal}`;
      const bin = fileURLToPath(new URL('../../bin/refinenet.js', import.meta.url));
      // In a group of its own, as at a terminal, where Ctrl-C goes to all of the group.
      const child = spawn(process.execPath, [bin, ...argumentsFor('long.mp4', output)], {
        detached: true,
        stdio: 'ignore',
      });
      const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
      await until(async () => existsSync(inFolder(output)) && (await masksUnderWay(inFolder(output))) > 3);
      process.kill(-(child.pid as number), signal);
      const code = await closed;
      const files = await readdir(inFolder(output));
      if (signal === 'SIGINT') {
        expect(code).toBe(1);
        expect(files.sort()).toEqual(['long.partial.frames.jsonl', 'long.partial.masks', 'long.partial.overlay.mp4']);
        const [images, sound] = streamsOf(inFolder(`${output}/long.partial.overlay.mp4`));
        expect(Number(images?.nb_read_frames)).toBeLessThan(3000);
        expect(Number(sound?.duration)).toBeLessThan(Number(images?.duration) + 0.5);
      } else expect(files.filter((name) => !name.startsWith('.'))).toEqual([]);
      await until(async () => spawnSync('pgrep', ['-f', `ffmpeg.*${output}|ffmpeg.*long.mp4`]).status !== 0);
    }
  });
});

/** Masks in the folder that has no name yet. */
async function masksUnderWay(output: string): Promise<number> {
  const counts = (await readdir(output)).map((name) => readdir(join(output, name)).catch(() => []));
  return Math.max(0, ...(await Promise.all(counts)).map(({ length }) => length));
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(100);
}

test('without ffmpeg one line says how to get it', async () => {
  await writeFile(inFolder('any.mp4'), '');
  const { code, stderr } = await runCli(['predict', inFolder('any.mp4'), '--model', model], { env: { PATH: folder } });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^\S*Error:\S* Videos are read by ffmpeg, which is not installed\. Get it with "apt-get install ffmpeg", "brew install ffmpeg" or "winget install ffmpeg"\.\n$/,
  );
});

test.each([
  [
    ['CLIP', '--probabilities', '--format', 'rle'],
    '--probabilities, --format: of images alone. Videos have --every, --smooth, --masks and --opacity.',
  ],
  [['nowhere.mp4', 'neither.mov'], 'nowhere.mp4: no such video. Check the path'],
  [['photo.png', '--every', '2', '--masks', 'video'], '--every, --masks: these are for videos, and none was given.'],
  [['CLIP', '--every', '0'], '--every takes'],
  [
    ['s3://films/clip.mp4'],
    's3://films/clip.mp4: videos are not read out of buckets. Copy them to this machine first.',
  ],
  [
    ['CLIP', '--output', 's3://films/out'],
    '--output s3://films/out: videos are not written into buckets. Name a folder.',
  ],
])('%j is wrong usage', async (args, message) => {
  await writeFile(inFolder('any.mp4'), '');
  const { code, stderr } = await runCli([
    'predict',
    ...args.map((arg) => (arg === 'CLIP' ? inFolder('any.mp4') : arg)),
  ]);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
