/**
 * Measures `refinenet predict` on a drawn video against the same frames as files, in turn: `npm run bench:video -- [ROUNDS]
 * [OPTIONS OF PREDICT]`. Whole commands are timed, with what they write by default; each loads the model once.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentile } from '../src/measurement/statistics.ts';

const BIN = fileURLToPath(new URL('../bin/refinenet.js', import.meta.url));
const [FRAMES, RATE, SIZE] = [100, 25, '320x240'];

async function main(rounds: number, options: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'refinenet-video-'));
  try {
    const [clip, photos] = [join(folder, 'clip.mp4'), join(folder, 'photos')];
    await mkdir(photos);
    const seconds = FRAMES / RATE;
    ffmpeg(
      ...['-f', 'lavfi', '-i', `testsrc=size=${SIZE}:rate=${RATE}:duration=${seconds}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, '-pix_fmt', 'yuv420p', clip],
    );
    ffmpeg('-i', clip, join(photos, '%03d.png'));
    const found = (await readdir(photos)).length;
    if (found !== FRAMES) throw new Error(`The video has ${found} frames, not ${FRAMES}.`);
    const measure = async (input: string) =>
      FRAMES / (await secondsOf([input, '--output', join(folder, 'out'), ...options]));
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) {
      // Whoever comes first in one round comes last in the next: machines slow down and speed up.
      const order = round % 2 === 0 ? [photos, clip] : [clip, photos];
      const rates = new Map<string, number>();
      for (const input of order) rates.set(input, await measure(input));
      const [files, video] = [rates.get(photos) as number, rates.get(clip) as number];
      ratios.push(video / files);
      console.log(`files ${files.toFixed(2)} frames/s, video ${video.toFixed(2)}, ratio ${(video / files).toFixed(3)}`);
    }
    console.log(`median ratio ${median(ratios).toFixed(3)} over ${rounds} rounds of ${FRAMES} frames of ${SIZE}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ffmpeg = (...options: string[]) => execFileSync('ffmpeg', ['-y', '-v', 'error', ...options]);

/** Seconds that the command takes from its start to its end. @throws Error if it fails. */
async function secondsOf(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [BIN, 'predict', ...args, '--json'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-1000);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`predict ended with ${code}: ${said}`);
  return (performance.now() - start) / 1000;
}

const median = (values: readonly number[]): number => percentile(values, 0.5);

const [rounds = '5', ...options] = process.argv.slice(2);
await main(Number(rounds), options);
