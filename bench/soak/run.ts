/**
 * Loads `refinenet serve` with good and bad requests, ends engines meanwhile, and draws what happened: `npm run soak -- [MINUTES]
 * [CLIENTS]`. Every mask is compared with that of `predict`, byte for byte; at the end the server gets SIGTERM under load.
 */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawStreet } from '../../src/data/drawn/street/street-scene.ts';
import { lineChart } from '../../src/drawing/line-chart.ts';
import { resizeImage } from '../../src/image/resample.ts';
import { encodeImage } from '../../src/platform/node/encode-image.ts';
import { randomStream } from '../../src/tensor/random.ts';
import { runCli } from '../../test/support/run-cli.ts';
import { startServer, type TestServer } from '../../test/support/server.ts';
import { KINDS, type Outcome, type Image } from './requests.ts';

/** Seconds between samples, and between ends of engines. */
const SAMPLE = 10;
const KILL = 120;
const PHOTOGRAPHS = 16;
/** What is drawn are streets. */
const MODEL = 'street-scenes';
const RUN = ['--resize', 'none', '--threads', '1'];
const DRAWING = fileURLToPath(new URL('../../docs/images/soak.svg', import.meta.url));

interface Sample {
  readonly minute: number;
  readonly rate: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly server: number;
  readonly engines: number;
}

async function main(minutes: number, clients: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'refinenet-soak-'));
  const images = await imagesIn(folder);
  const server = await startServer([
    MODEL,
    ...RUN,
    '--engines',
    '2',
    '--queue',
    '16',
    '--body-limit',
    '2',
    '--timeout',
    '60',
  ]);
  const counts: Record<Outcome['kind'], number> = { good: 0, busy: 0, bad: 0, left: 0, wrong: 0 };
  const faults: string[] = [];
  const samples: Sample[] = [];
  let latencies: number[] = [];
  let answered = 0;
  let kills = 0;
  let isEnding = false;
  const begun = performance.now();
  const minute = (): number => (performance.now() - begun) / 60_000;

  const client = async (number: number): Promise<void> => {
    const random = randomStream(11, 'client', number);
    while (!isEnding) {
      const image = images[random.integer(images.length)] as Image;
      const before = performance.now();
      const outcome = await drawn(random.uniform())(server.url, image, () => random.uniform()).catch(
        (error: Error): Outcome => (isEnding ? { kind: 'left' } : { kind: 'wrong', text: error.message }),
      );
      counts[outcome.kind]++;
      if (outcome.kind === 'good') latencies.push(performance.now() - before);
      if (outcome.kind === 'good' || outcome.kind === 'bad') answered++;
      if (outcome.text) faults.push(outcome.text);
      // Who is refused waits a little.
      if (outcome.kind === 'busy') await new Promise((resolve) => setTimeout(resolve, 200 * random.uniform()));
    }
  };
  const working = Array.from({ length: clients }, (_, number) => client(number));

  let sampled = performance.now();
  while (minute() < minutes) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE * 1000));
    const seconds = (performance.now() - sampled) / 1000;
    sampled = performance.now();
    const sorted = latencies.sort((a, b) => a - b);
    const quantile = (share: number): number => (sorted[Math.floor(share * sorted.length)] ?? Number.NaN) / 1000;
    samples.push({
      minute: minute(),
      rate: answered / seconds,
      p50: quantile(0.5),
      p95: quantile(0.95),
      p99: quantile(0.99),
      server: residentMiB(server.process.pid),
      engines: server.engines().reduce((sum, pid) => sum + residentMiB(pid), 0),
    });
    [latencies, answered] = [[], 0];
    if (minute() * 60 > KILL * (kills + 1) && minute() < minutes - 0.5) {
      kills++;
      const engine = server.engines()[kills % 2];
      if (engine !== undefined) process.kill(engine, 'SIGKILL');
    }
  }
  // What was accepted is answered, although it is told to end.
  const ended = server.end('SIGTERM');
  isEnding = true;
  await Promise.all(working);
  const code = await ended;
  await rm(folder, { recursive: true, force: true });
  await writeFile(DRAWING, drawing(samples));
  const half = samples.slice(Math.floor(samples.length / 2));
  console.log(`${minutes} minutes, ${clients} clients, ${kills} engines killed, exit code ${code} after SIGTERM`);
  console.log(
    `answers that were asked for ${counts.good}, refusals ${counts.bad}, full queue ${counts.busy}, clients that left ${counts.left}`,
  );
  console.log(
    `wrong answers ${counts.wrong}${faults
      .slice(0, 5)
      .map((fault) => `\n  ${fault}`)
      .join('')}`,
  );
  console.log(
    `server ${median(samples.slice(0, 3), 'server')} MiB at first, ${median(half, 'server')} in the second half; engines ${median(samples.slice(0, 3), 'engines')} and ${median(half, 'engines')}`,
  );
  console.log(
    `p50 ${median(samples, 'p50')} s, p95 ${median(samples, 'p95')} s, p99 ${median(samples, 'p99')} s; ${median(samples, 'rate')} answers/s`,
  );
  process.exitCode = counts.wrong > 0 || code !== 0 ? 1 : 0;
}

const ALL = KINDS.reduce((sum, { weight }) => sum + weight, 0);

function drawn(share: number): (typeof KINDS)[number]['run'] {
  let left = share * ALL;
  for (const { weight, run } of KINDS) {
    left -= weight;
    if (left < 0) return run;
  }
  return (KINDS[0] as (typeof KINDS)[number]).run;
}

/** Drawn streets of several sizes with the masks that `predict` writes. */
async function imagesIn(folder: string): Promise<readonly Image[]> {
  await mkdir(join(folder, 'photos'));
  const names = Array.from({ length: PHOTOGRAPHS }, (_, index) => String(index));
  for (const [index, name] of names.entries()) {
    const { image } = drawStreet(index);
    const small = resizeImage(image, 96 + 16 * (index % 8), 72 + 12 * (index % 8), 'bilinear');
    await writeFile(join(folder, 'photos', `${name}.jpg`), await encodeImage(small, 'jpeg'));
  }
  const { code, stderr } = await runCli([
    'predict',
    join(folder, 'photos'),
    '--output',
    join(folder, 'masks'),
    '--model',
    MODEL,
    '--optimize',
    'speed',
    ...RUN,
  ]);
  if (code !== 0) throw new Error(stderr);
  return Promise.all(
    names.map(async (name) => ({
      name,
      bytes: await readFile(join(folder, 'photos', `${name}.jpg`)),
      mask: await readFile(join(folder, 'masks', `${name}.png`)),
    })),
  );
}

function residentMiB(pid: TestServer['process']['pid']): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 2 ** 20;
  } catch {
    return Number.NaN;
  }
}

function median(samples: readonly Sample[], field: keyof Sample): string {
  const values = samples
    .map((sample) => sample[field])
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return (values[Math.floor(values.length / 2)] ?? Number.NaN).toFixed(
    field === 'server' || field === 'engines' ? 0 : 2,
  );
}

/** Three charts, one below the other. */
function drawing(samples: readonly Sample[]): string {
  const series = (label: string, color: string, field: keyof Sample) => ({
    label,
    color,
    points: samples.map((sample) => [sample.minute, sample[field]] as const),
  });
  const x = 'minutes';
  const charts = [
    lineChart({
      title: 'Answers and refusals a second',
      x,
      y: 'a second',
      fromZero: true,
      series: [series('answers', '#2563eb', 'rate')],
    }),
    lineChart({
      title: 'Seconds from question to answer',
      x,
      y: 'seconds',
      fromZero: true,
      series: [series('p50', '#059669', 'p50'), series('p95', '#d97706', 'p95'), series('p99', '#dc2626', 'p99')],
    }),
    lineChart({
      title: 'Memory',
      x,
      y: 'MiB resident',
      fromZero: true,
      series: [series('server', '#2563eb', 'server'), series('both engines', '#7c3aed', 'engines')],
    }),
  ];
  const stacked = charts.map((chart, index) => chart.replace('<svg ', `<svg y="${460 * index}" `));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="860" height="1380" viewBox="0 0 860 1380">\n${stacked.join('')}</svg>\n`;
}

const [minutes = '10', clients = '8'] = process.argv.slice(2);
await main(Number(minutes), Number(clients));
