/** A folder worked off by several processes: `predict --shard`, and `predict --queue` with `worker`; done to a real Redis. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { missingRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { runCli } from '../support/run-cli.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const BIN = fileURLToPath(new URL('../../bin/refinenet.js', import.meta.url));
const IMAGES = 36;

let folder: string;
let model: string;
let photos: string;
/** Masks as `predict` writes them. */
let masks: ReadonlyMap<string, Buffer>;
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
  photos = join(folder, 'photos');
  await mkdir(join(photos, 'more'), { recursive: true });
  for (let index = 0; index < IMAGES; index++) {
    const name = index % 6 === 5 ? `more/${index}.png` : `${index}.png`;
    await writeFile(join(photos, name), await wavesPng(160 + 8 * index, 120 + 4 * index, index));
  }
  const output = join(folder, 'predicted');
  const { code, stderr } = await runCli(['predict', photos, '--model', model, '--output', output, '--threads', '1']);
  expect(code, stderr).toBe(0);
  masks = await masksIn(output);
  expect(masks.size).toBe(IMAGES);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function masksIn(output: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(output, { recursive: true })).filter((name) => /\d\.png$/.test(name)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(output, name))] as const)));
}

/** Names of masks that are not as `predict` writes them, or not there. */
async function wrongMasks(output: string): Promise<readonly string[]> {
  const found = await masksIn(output);
  const names = new Set([...masks.keys(), ...found.keys()]);
  return [...names].filter((name) => !masks.get(name)?.equals(found.get(name) ?? Buffer.of()));
}

const until = async (is: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 20));
};

interface Running {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The exit code, null after a signal that it did not handle. */
  readonly ended: Promise<number | null>;
}

const running: Running[] = [];
afterEach(async () => {
  for (const { process, ended } of running.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
});

function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, NO_COLOR: '1' } });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (texts[name] += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const started = { process: child, stdout: () => texts.stdout, stderr: () => texts.stderr, ended };
  running.push(started);
  return started;
}

describe('predict --shard auto', () => {
  test('as Slurm, MPI or Kubernetes start it: all parts together are the whole, each image once', async () => {
    const output = join(folder, 'shards');
    const places = [
      ['auto', { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '1' }],
      ['auto', { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '3' }],
      ['auto/3', { JOB_COMPLETION_INDEX: '2' }],
    ] as const;
    const images: string[] = [];
    for (const [shard, env] of places) {
      const { code, stdout, stderr } = await runCli(
        ['predict', photos, '--model', model, '--output', output, '--threads', '1', '--shard', shard, '--json'],
        { env },
      );
      expect(code, stderr).toBe(0);
      const lines = stdout.trim().split('\n');
      expect(lines).toHaveLength(IMAGES / 3);
      images.push(...lines.map((line) => (JSON.parse(line) as { image: string }).image));
    }
    expect(new Set(images).size).toBe(IMAGES);
    expect(await wrongMasks(output)).toEqual([]);
  });
});

describe.skipIf(missingRedis)(`a queue${missingRedis}`, () => {
  let redis: TestRedis;
  beforeAll(async () => {
    await mkdir(join(folder, 'redis'));
    redis = await startRedis(join(folder, 'redis'));
  });
  afterAll(() => redis.end());

  const worker = (...options: readonly string[]): Running =>
    start('worker', redis.address, '--threads', '1', '--stalled', '2', '--json', ...options);
  const producer = (output: string, ...options: readonly string[]): Running =>
    start('predict', photos, '--model', model, '--output', output, '--queue', redis.address, '--json', ...options);
  const imagesOf = ({ stdout }: Running): readonly string[] =>
    stdout()
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { image: string }).image);

  test('three workers, one killed in the middle, Redis killed and started again: all masks are there, as of predict, written once', async () => {
    const output = join(folder, 'queued');
    const workers = [worker(), worker(), worker()];
    const predict = producer(output);
    /** Results as they were when they were first there. */
    const first = new Map<string, readonly [inode: number, changed: number]>();
    const look = async (): Promise<void> => {
      const names = (await readdir(output, { recursive: true }).catch(() => [])).filter((name) =>
        /\d\.json$/.test(name),
      );
      for (const name of names.flatMap((report) => [report, report.replace('.json', '.png')])) {
        const { ino, mtimeMs } = await stat(join(output, name));
        const known = first.get(name);
        if (known) expect([name, ino, mtimeMs]).toEqual([name, ...known]);
        else first.set(name, [ino, mtimeMs]);
      }
    };
    let killed = '';
    await until(async () => {
      await look();
      return imagesOf(workers[1] as Running).length >= 3;
    });
    workers[1]?.process.kill('SIGKILL');
    killed = 'worker';
    await until(async () => {
      await look();
      return first.size / 2 >= IMAGES / 2;
    });
    await redis.restart('SIGKILL', 1500);
    killed += ', redis';
    await until(async () => {
      await look();
      return predict.process.exitCode !== null;
    });
    await look();
    expect(killed).toBe('worker, redis');
    expect([await predict.ended, predict.stderr()]).toEqual([
      0,
      expect.stringContaining(`${IMAGES} of ${IMAGES} images go into the queue at redis://127.0.0.1:`),
    ]);
    expect(first.size).toBe(2 * IMAGES);
    expect(await wrongMasks(output)).toEqual([]);
    // The producer tells each once. No worker has done what another one had finished.
    expect([...imagesOf(predict)].sort()).toEqual([...new Set(imagesOf(predict))].sort());
    expect(imagesOf(predict)).toHaveLength(IMAGES);
    const done = workers.flatMap(imagesOf);
    expect(done).toHaveLength(new Set(done).size);
    expect(done.length).toBeGreaterThanOrEqual(IMAGES - 3);
    // Nothing half written is left: of the killed worker at most its unnamed files.
    const left = (await readdir(output, { recursive: true })).filter(
      (name) => !/\d(\.overlay)?\.png$|\.json$/.test(name),
    );
    expect(left.filter((name) => !/(^more$|\.tmp$)/.test(name))).toEqual([]);

    for (const each of [workers[0], workers[2]] as Running[]) {
      each.process.kill('SIGTERM');
      expect([await each.ended, each.stderr()]).toEqual([
        0,
        expect.stringContaining('Ending when the images that were begun are written.'),
      ]);
    }
    // Nothing is left in the queue, and asking again does nothing.
    for (const state of ['wait', 'active', 'failed', 'completed', 'delayed']) {
      expect([state, await redis.ask('EXISTS', `bull:refinenet-predict:${state}`)]).toEqual([state, ':0']);
    }
    const again = producer(output);
    expect([await again.ended, again.stderr(), again.stdout()]).toEqual([
      0,
      expect.stringContaining(`0 of ${IMAGES} images go into the queue`),
      '',
    ]);
  });

  test('names failures at the end: what is at fault itself at once, what may pass after three tries', async () => {
    const some = join(folder, 'some');
    await mkdir(some);
    await writeFile(join(some, 'good.png'), await wavesPng(64, 48));
    await writeFile(join(some, 'text.png'), 'This is a text.\n');
    await mkdir(join(folder, 'blocked'));
    // A folder where the report should be: it cannot be written, now or later.
    await writeFile(join(some, 'late.png'), await wavesPng(64, 48));
    await mkdir(join(folder, 'blocked', 'late.png'));
    const one = worker();
    const args = ['predict', some, '--model', model, '--output', join(folder, 'blocked'), '--queue', redis.address];
    const predict = start(...args);
    expect(await predict.ended).toBe(1);
    expect(predict.stderr()).toContain('text.png: not an image that can be read: it is a text file.');
    expect(predict.stderr()).toMatch(/late\.png: cannot be written \(EISDIR.*\(on .*\)/);
    expect(predict.stderr()).toContain('2 of 3 images failed; the others are in ');
    expect(predict.stdout()).toMatch(/^\S.*good\.png: [^\n]*\n$/);
    expect(one.stderr().match(/late\.png: cannot be written .* It is tried again\./g)).toHaveLength(2);
    expect(one.stderr().match(/text\.png: not an image/g)).toHaveLength(1);
    await rm(join(folder, 'blocked', 'late.png'), { recursive: true });
    await rm(join(some, 'text.png'));
    const again = start(...args);
    expect([await again.ended, again.stderr()]).toEqual([
      0,
      expect.stringContaining('1 of 2 images go into the queue'),
    ]);
  });

  test('on a full disk names the file that it could not write, leaves no half of one, and goes on later', async (context) => {
    const output = join(folder, 'full');
    const disk = smallDisk(output, 64);
    context.skip(!disk, 'a small file system cannot be mounted here');
    const some = join(folder, 'six');
    await mkdir(some);
    for (let index = 0; index < 6; index++)
      await writeFile(join(some, `${index}.png`), await wavesPng(160, 120, index));
    const args = ['predict', some, '--model', model, '--output', output, '--queue', redis.address];
    const one = worker();
    try {
      const predict = start(...args);
      expect(await predict.ended).toBe(1);
      // Node and the encoder of pictures have words of their own for it.
      expect(predict.stderr()).toMatch(
        /\d\.[\w.]+: cannot be written \((?:ENOSPC|[\s\S]*?No space left on device)[\s\S]*?\(on .*\)/,
      );
      const left = (await readdir(output)).filter((name) => name !== 'predict-request.json');
      expect(left.filter((name) => !/^\d(\.overlay)?\.(png|json)$/.test(name))).toEqual([]);
      disk?.grow(8192);
      expect(await start(...args).ended).toBe(0);
      expect((await readdir(output)).filter((name) => /^\d\.png$/.test(name))).toHaveLength(6);
      one.process.kill('SIGTERM');
      expect(await one.ended).toBe(0);
    } finally {
      disk?.remove();
    }
  });

  test('does not mix results of different requests in one folder', async () => {
    const output = join(folder, 'mixed');
    const one = join(photos, '0.png');
    const ask = (...options: readonly string[]) =>
      runCli(['predict', one, '--model', model, '--output', output, '--queue', redis.address, ...options]);
    worker();
    expect((await ask()).code).toBe(0);
    const other = await ask('--flip', '--tile', '64');
    expect([other.code, other.stderr]).toEqual([
      2,
      `Error: ${output} has results of another request: flip was not given and is true; tile was not given and is 64. Choose another --output, or ask for the same.\n`,
    ]);
    const config = join(model, 'preprocessor_config.json');
    const before = await readFile(config, 'utf8');
    try {
      await writeFile(config, `${before}\n`);
      const replaced = await ask();
      expect([replaced.code, replaced.stderr]).toEqual([
        2,
        expect.stringMatching(/has results of another request: modelDigest was "\w{64}" and is "\w{64}"\. Choose/),
      ]);
    } finally {
      await writeFile(config, before);
    }
    await rm(join(output, 'predict-request.json'));
    const unknown = await ask();
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      `Error: ${output} has results of 1 of these images, and no predict-request.json that says how they were made. Choose another --output, or remove them.\n`,
    ]);
  });

  test('that nobody works off says so, and is left empty by Ctrl-C', async () => {
    const predict = producer(join(folder, 'alone'));
    await until(() => predict.stderr().includes('No worker is there'));
    expect(await redis.ask('LLEN', 'bull:refinenet-predict:wait')).toBe(`:${IMAGES}`);
    predict.process.kill('SIGINT');
    expect(await predict.ended).toBe(1);
    expect(predict.stderr()).toContain(`Interrupted: 0 of ${IMAGES} images are done`);
    expect(await redis.ask('LLEN', 'bull:refinenet-predict:wait')).toBe(':0');
  });

  test('that holds something else than our jobs fails them, and harms nobody', async () => {
    const { Queue } = await import('bullmq');
    const queue = new Queue('refinenet-predict', { connection: { host: '127.0.0.1', port: redis.port } });
    const one = worker();
    const data = { image: { path: '/etc/passwd', name: '../up' }, request: { images: 5, frobnicate: true } };
    await queue.add('image', data, { attempts: 3 });
    await until(() => one.stderr().includes('Failed'));
    expect(one.stderr()).toContain(
      'Failed: /etc/passwd: This request to a worker does not fit: image.name: it leads out of the folder. request.images: Invalid input: expected array, received number. request: there is no "frobnicate".',
    );
    await queue.obliterate({ force: true });
    await queue.close();
  });
});

describe('where there is no queue', () => {
  test.each([
    [
      ['worker', 'http://localhost'],
      2,
      'A queue is named redis://HOST, redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// with TLS; got "http://localhost".',
    ],
    [['worker', 'redis://me:secret@host/x'], 2, 'got "redis://...@host/x".'],
    [
      ['worker', 'redis://127.0.0.1:1'],
      1,
      'redis://127.0.0.1:1: no Redis lets us in there (connect ECONNREFUSED 127.0.0.1:1). Check the address, that it runs, and its password.',
    ],
    [['worker', 'redis://127.0.0.1', '--stalled', '1'], 2, '--stalled takes a whole number from 2 to 86400, got "1".'],
  ] as const)('%j ends with %i', async (args, code, message) => {
    const result = await runCli(args);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(message)]);
    const predicted = await runCli(['predict', photos, '--queue', args[1], '--output', join(folder, 'none')]);
    if (args.length === 2) expect([predicted.code, predicted.stderr]).toEqual([code, expect.stringContaining(message)]);
  });
});

describe.skipIf(missingRedis)('a Redis with a password', () => {
  test('lets in who has it, and the password is shown nowhere', async () => {
    await mkdir(join(folder, 'closed'));
    const redis = await startRedis(join(folder, 'closed'), '--requirepass', 'pass/word');
    try {
      const wrong = await runCli(['worker', redis.address]);
      expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('no Redis lets us in there (NOAUTH')]);
      const one = start('worker', `redis://:pass%2Fword@127.0.0.1:${redis.port}/3`);
      await until(() => one.stderr().includes('Waiting'));
      expect(one.stderr()).toBe(`Waiting for images at redis://127.0.0.1:${redis.port}/3. Ctrl-C ends.\n`);
      one.process.kill('SIGTERM');
      expect(await one.ended).toBe(0);
    } finally {
      await redis.end();
    }
  });
});
