/**
 * Measures `refinenet serve` against `refinenet predict` over the same images, in turn: `npx tsx bench/serving.ts
 * [IMAGES] [ROUNDS] [THREADS]`. Both write or answer with overlays, the costliest image; loading the models counts for neither.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentile } from '../src/measurement/statistics.ts';
import { drawStreet } from '../src/data/drawn/street/street-scene.ts';
import { encodeImage } from '../src/platform/node/encode-image.ts';
import { post, startServer, type TestServer } from '../test/support/server.ts';

const BIN = fileURLToPath(new URL('../bin/refinenet.js', import.meta.url));
/** Clients that ask at the same time. */
const CLIENTS = 8;

async function main(images: number, rounds: number, threads: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'refinenet-serving-'));
  const photos = join(folder, 'photos');
  const server = await startServer([...threads, '--queue', '64', '--timeout', '600']);
  try {
    await mkdir(photos);
    for (let index = 0; index < images; index++) {
      await writeFile(join(photos, `${index}.jpg`), await encodeImage(drawStreet(index).image, 'jpeg'));
    }
    await serve(server, photos, CLIENTS);
    const measured: { readonly predicted: number; readonly served: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const predicted = await predict(photos, join(folder, 'out'), threads);
      const served = await serve(server, photos, images);
      measured.push({ predicted, served });
      console.log(
        `predict ${predicted.toFixed(2)} images/s, serve ${served.toFixed(2)}, ratio ${(served / predicted).toFixed(3)}`,
      );
    }
    const [predicted, served, ratio] = [
      median(measured.map((round) => round.predicted)),
      median(measured.map((round) => round.served)),
      median(measured.map((round) => round.served / round.predicted)),
    ];
    console.log(
      `medians of ${rounds} rounds over ${images} images: predict ${predicted.toFixed(2)} images/s, serve ${served.toFixed(2)}, ratio ${ratio.toFixed(3)}`,
    );
  } finally {
    await server.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The middle one, of an odd number. */
const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Images a second from the first result on. */
async function predict(photos: string, output: string, threads: readonly string[]): Promise<number> {
  const args = ['predict', photos, '--output', output, '--json', '--optimize', 'speed', ...threads];
  const child: ChildProcess = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const times: number[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) times.push(performance.now());
  });
  await new Promise((resolve) => child.on('close', resolve));
  const [first, last] = [times[0] as number, times.at(-1) as number];
  return ((times.length - 1) * 1000) / (last - first);
}

/** Images a second, all clients together. */
async function serve({ url }: TestServer, photos: string, count: number): Promise<number> {
  const names = (await readdir(photos)).slice(0, count);
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        const answer = await post(`${url}/segment?format=overlay`, await readFile(join(photos, name)), {
          'content-type': 'image/jpeg',
        });
        await answer.arrayBuffer();
        if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`);
      }
    }),
  );
  return (count * 1000) / (performance.now() - start);
}

const [images = '60', rounds = '5', threads] = process.argv.slice(2);
await main(Number(images), Number(rounds), threads === undefined ? [] : ['--threads', threads]);
