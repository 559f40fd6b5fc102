/** What can go wrong around `refinenet serve`, done to the real server: engines, clients, keys, its own end. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type MemoryGroup, memoryGroup } from '../support/memory-limit.ts';
import { runCli } from '../support/run-cli.ts';
import { post, startServer, type TestServer } from '../support/server.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const BIN = fileURLToPath(new URL('../../bin/refinenet.js', import.meta.url));

let folder: string;
let model: string;
let small: Buffer;
/** Takes an engine a good part of a second. */
let large: Buffer;
beforeAll(async () => {
  folder = await temporaryFolder();
  model = await writeSyntheticModel(folder);
  small = await wavesPng(64, 48);
  large = await wavesPng(400, 300);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let server: TestServer;
afterEach(async () => {
  if (server.process.exitCode === null && server.process.signalCode === null) await server.end('SIGKILL');
});

const PNG = { 'content-type': 'image/png' };
const segment = (body: Uint8Array, signal?: AbortSignal) =>
  post(`${server.url}/segment?format=mask`, body, PNG, signal);
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());
const metric = async (name: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
  const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
  return Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
};
const soon = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const until = async (is: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await is())) await soon(20);
};
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('an engine', () => {
  test('that is killed under load costs no client an answer, and another takes its place', async () => {
    server = await startServer([model, '--threads', '1', '--engines', '2']);
    const expected = await bytesOf(await segment(small));
    const answers = Array.from({ length: 24 }, () => segment(small));
    for (let kill = 0; kill < 3; kill++) {
      await until(() => server.engines().length === 2);
      const engine = server.engines()[kill % 2] as number;
      process.kill(engine, 'SIGKILL');
      await server.logged((line) => line.msg.startsWith('engine ended') && line.engine === engine);
    }
    for (const answer of await Promise.all(answers)) {
      expect(answer.status).toBe(200);
      expect((await bytesOf(answer)).equals(expected)).toBe(true);
    }
    await until(() => server.engines().length === 2);
    expect(await metric('refinenet_engine_ends_total{reason="crash"}')).toBe(3);
    expect(await metric('refinenet_engines_ready')).toBe(2);
  });

  test('that is killed both times over one request costs that request, with 500', async () => {
    server = await startServer([model, '--threads', '1']);
    const answer = segment(large);
    for (let kill = 1; kill <= 2; kill++) {
      await until(async () => server.engines().length === 1 && (await metric('refinenet_running')) === 1);
      process.kill(server.engines()[0] as number, 'SIGKILL');
      await until(() => server.log().filter(({ msg }) => msg.startsWith('engine ended')).length === kill);
    }
    expect((await answer).status).toBe(500);
    expect(((await (await answer).json()) as { error: string }).error).toMatch(
      /^The engine failed twice over this request\./,
    );
    expect((await segment(small)).status).toBe(200);
  });

  test('that hangs is ended after half the deadline, and its request is answered by another', async () => {
    server = await startServer([model, '--threads', '1', '--timeout', '40']);
    await segment(small);
    process.kill(server.engines()[0] as number, 'SIGSTOP');
    const answer = await segment(small);
    expect(answer.status).toBe(200);
    const { reason, detail } = await server.logged(({ msg }) => msg.startsWith('engine ended'));
    expect([reason, detail]).toEqual(['hang', expect.stringMatching(/^no sign of life for \d+ s$/)]);
  });

  test('is left by none of its clients waiting when the server itself is killed', async () => {
    server = await startServer([model, '--threads', '1', '--engines', '2']);
    await until(() => server.engines().length === 2);
    const engines = server.engines();
    void segment(large).catch(() => {});
    await until(async () => (await metric('refinenet_running')) === 1);
    await server.end('SIGKILL');
    await until(() => engines.every((pid) => !isAlive(pid)));
  });
});

describe('a deadline', () => {
  test('that is over is answered with 504, and the engine goes on to the next', async () => {
    server = await startServer([model, '--threads', '1', '--timeout', '4']);
    const huge = await wavesPng(1600, 1600);
    const before = performance.now();
    const answer = await segment(huge);
    expect(answer.status).toBe(504);
    expect(((await answer.json()) as { error: string }).error).toContain('was not segmented in time');
    expect(performance.now() - before).toBeLessThan(8000);
    await until(async () => (await metric('refinenet_running')) === 0);
    // Where it computes for nobody for too long, another one takes its place.
    await until(async () => (await metric('refinenet_engines_ready')) === 1);
    expect((await segment(small)).status).toBe(200);
    expect(await metric('refinenet_rejected_total{reason="deadline"}')).toBe(1);
  });
});

describe('the queue', () => {
  test('refuses with 429 and Retry-After what it has no room for, and answers all else', async () => {
    server = await startServer([model, '--threads', '1', '--queue', '2', '--timeout', '120']);
    const answers = await Promise.all(Array.from({ length: 16 }, () => segment(large)));
    const full = answers.filter(({ status }) => status === 429);
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 16 - full.length }, () => 200),
      ...Array.from({ length: full.length }, () => 429),
    ]);
    // Three in the engine, two that wait; a place may have become free meanwhile.
    expect(full.length).toBeGreaterThan(5);
    expect(full.length).toBeLessThanOrEqual(11);
    for (const answer of full) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await metric('refinenet_rejected_total{reason="queue"}')).toBe(full.length);
    expect((await segment(small)).status).toBe(200);
  });
});

describe('what is held of bodies', () => {
  test('is bounded: beyond it a body is refused with 429, and counted', async () => {
    server = await startServer([model, '--threads', '1', '--body-limit', '1']);
    const open = Array.from({ length: 17 }, () => sendHead('Content-Length: 1048576'));
    await until(() => open.every(({ socket }) => !socket.connecting));
    for (const { socket } of open) socket.write(Buffer.alloc(1_048_000));
    const refused = () => open.filter(({ answer }) => answer().startsWith('HTTP/1.1 429 '));
    await until(() => refused().length === 1);
    expect(refused()[0]?.answer()).toContain('The server receives as much as it can. Try again later.');
    expect(await metric('refinenet_rejected_total{reason="uploads"}')).toBe(1);
    for (const { socket } of open) socket.destroy();
    await until(async () => (await metric('refinenet_upload_bytes')) === 0);
    expect((await segment(small)).status).toBe(200);
  });
});

describe('a client', () => {
  test('that leaves is worked for no longer', async () => {
    server = await startServer([model, '--threads', '1', '--queue', '8']);
    const leaving = Array.from({ length: 8 }, () => new AbortController());
    const left = leaving.map(({ signal }) => segment(large, signal).catch(() => 'left'));
    await until(async () => (await metric('refinenet_queue_length')) === 5);
    for (const controller of leaving) controller.abort();
    expect(await Promise.all(left)).toEqual(leaving.map(() => 'left'));
    await until(async () => (await metric('refinenet_queue_length')) === 0);
    await until(async () => (await metric('refinenet_running')) === 0);
    // Of the eight at most the one in the engine was computed.
    expect((await segment(small)).status).toBe(200);
    expect(await metric('refinenet_stage_seconds_count{stage="compute",model="model"}')).toBe(1);
    // The engine is not at fault, and other requests may be in it.
    expect(server.log().filter(({ msg }) => msg.startsWith('engine ended'))).toEqual([]);
  });

  test('that is slow keeps nobody else waiting, and is not waited for forever', async () => {
    server = await startServer([model, '--threads', '1', '--upload-timeout', '12']);
    const slow = Array.from({ length: 50 }, () => sendHead(`Content-Length: ${small.length}`));
    await until(() => slow.every(({ socket }) => socket.writable && !socket.connecting));
    for (const { socket } of slow) socket.write(small.subarray(0, 100));
    const before = performance.now();
    expect((await segment(small)).status).toBe(200);
    // Sooner than the first of the uploads is given up.
    expect(performance.now() - before).toBeLessThan(11_000);
    const one = slow[0] as (typeof slow)[number];
    // Byte by byte in time is in time.
    for (let at = 100; at < small.length; at += 500) {
      one.socket.write(small.subarray(at, at + 500));
      await soon(5);
    }
    await until(() => one.answer().includes('\r\n\r\n'));
    expect(one.answer()).toMatch(/^HTTP\/1\.1 200 /);
    one.socket.destroy();
    const others = slow.slice(1);
    await until(() => others.every(({ isClosed }) => isClosed()));
    for (const { answer } of others)
      expect(answer()).toMatch(/^HTTP\/1\.1 408 [\s\S]*The request did not come in time\./);
    await until(async () => (await metric('refinenet_upload_bytes')) === 0);
    expect(await metric('refinenet_rejected_total{reason="timeout"}')).toBe(others.length);
  });

  test('is one of 1000 at once: each is answered', async () => {
    server = await startServer([model, '--threads', '1', '--queue', '8', '--timeout', '120']);
    const idle = Array.from({ length: 1000 }, () => connect(server.port, '127.0.0.1'));
    await until(() => idle.every(({ connecting }) => !connecting));
    const answers = idle.map((socket) => {
      let text = '';
      socket.setEncoding('latin1');
      socket.on('data', (chunk) => (text += chunk));
      socket.write(head(`Content-Length: ${small.length}`));
      socket.write(small);
      return () => Number(/^HTTP\/1\.1 (\d+) /.exec(text)?.[1] ?? 0);
    });
    await until(() => answers.every((status) => status() > 0));
    const counts = new Map<number, number>();
    for (const status of answers) counts.set(status(), (counts.get(status()) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([200, 429]);
    expect(counts.get(200)).toBeGreaterThanOrEqual(8);
    for (const socket of idle) socket.destroy();
    expect((await segment(small)).status).toBe(200);
    expect(server.log().filter(({ msg }) => msg.startsWith('engine ended'))).toEqual([]);
  });
});

const head = (...lines: readonly string[]): string =>
  ['POST /segment?format=mask HTTP/1.1', 'Host: localhost', 'Content-Type: image/png', ...lines, '', ''].join('\r\n');

function sendHead(...lines: readonly string[]) {
  let answer = '';
  let isClosed = false;
  const socket: Socket = connect(server.port, '127.0.0.1', () => socket.write(head(...lines)));
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => (answer += chunk));
  socket.on('error', () => {});
  socket.on('close', () => (isClosed = true));
  return { socket, answer: () => answer, isClosed: () => isClosed };
}

describe('SIGTERM', () => {
  test('under load: what was accepted is answered, what is new refused, and the exit code is 0', async () => {
    server = await startServer([model, '--threads', '1', '--queue', '16', '--timeout', '300', '--drain', '300']);
    const engines = server.engines();
    const accepted = Array.from({ length: 4 }, () => segment(large));
    await until(async () => (await metric('refinenet_queue_length')) === 1);
    const ended = server.end('SIGTERM');
    await server.logged(({ msg }) => msg === 'draining');
    await expect(segment(small)).rejects.toThrow();
    for (const answer of await Promise.all(accepted)) expect(answer.status).toBe(200);
    expect(await ended).toBe(0);
    expect(server.log().at(-1)?.msg).toBe('drained');
    expect(engines.some(isAlive)).toBe(false);
  });

  test('is not waited for longer than --drain says', async () => {
    server = await startServer([model, '--threads', '1', '--drain', '1', '--timeout', '120']);
    const answers = Array.from({ length: 6 }, () => segment(large).catch(() => 'cut off'));
    await until(async () => (await metric('refinenet_running')) === 3);
    expect(await server.end('SIGTERM')).toBe(1);
    expect(await Promise.all(answers)).toContain('cut off');
    expect(server.log().at(-1)?.msg).toBe('requests were not answered within 1 s');
  });
});

describe('memory', () => {
  test('of which an engine takes more than its share ends that engine, twice at most for one request', async () => {
    // What the server is told that it has; the engine takes some 290 bytes a pixel beside its 200 MB.
    const preload = `data:text/javascript,process.constrainedMemory=()=>${700e6}`;
    server = await startServer([model, '--threads', '1', '--pixel-limit', '4000000', '--timeout', '300'], {
      NODE_OPTIONS: `--import ${preload}`,
    });
    expect((await segment(await wavesPng(1700, 1700))).status).toBe(500);
    const { reason, detail } = await server.logged(({ msg }) => msg.startsWith('engine ended'));
    expect([reason, detail]).toEqual(['memory', expect.stringMatching(/^\d+ resident bytes$/)]);
    expect(await metric('refinenet_engine_ends_total{reason="memory"}')).toBe(2);
    await until(async () => (await metric('refinenet_engines_ready')) === 1);
    expect((await segment(small)).status).toBe(200);
  });

  test('into which the models do not fit ends the command, which says so', async (context) => {
    const group = memoryGroup(90e6);
    context.skip(!group, 'groups of processes cannot be limited here');
    const child = (group as MemoryGroup).spawn(process.execPath, [BIN, 'serve', model, '--port', '0']);
    let stderr = '';
    child.stderr?.on('data', (chunk) => (stderr += chunk));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        'The engine ended while it loaded the models (SIGKILL), which mostly means that memory ran out. Serve fewer or smaller models, or give it more memory.',
      ),
    ]);
    group?.remove();
  });
});

describe('a full disk', () => {
  test('keeps the server from nothing; predict names the file, leaves no half of one, and goes on later', async (context) => {
    const output = join(folder, 'full');
    const disk = smallDisk(output, 64);
    context.skip(!disk, 'a small file system cannot be mounted here');
    try {
      const photos = join(folder, 'photos');
      await mkdir(photos);
      for (let index = 0; index < 6; index++) {
        await writeFile(join(photos, `${index}.png`), await wavesPng(160, 120, index));
      }
      const args = ['predict', photos, '--model', model, '--output', output, '--threads', '1'];
      const { code, stderr } = await runCli(args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/full\/\d\.\S+: cannot be written \(ENOSPC/)]);
      const left = await readdir(output);
      expect(left.filter((name) => !/^\d(\.overlay)?\.(png|json)$/.test(name))).toEqual([]);
      for (const name of left.filter((each) => each.endsWith('.png'))) {
        await expect(
          sharp(await readFile(join(output, name)))
            .raw()
            .toBuffer(),
        ).resolves.toBeDefined();
      }
      server = await startServer([model, '--threads', '1'], { TMPDIR: output, HOME: output });
      expect((await segment(small)).status).toBe(200);
      await server.end();
      disk?.grow(8192);
      expect((await runCli(args)).code).toBe(0);
      expect((await readdir(output)).filter((name) => /^\d\.png$/.test(name))).toHaveLength(6);
    } finally {
      disk?.remove();
    }
  });
});

describe('a key', () => {
  const KEY = 'a-key-that-is-long-enough';

  test('from a file lets in who brings it, and nobody else; probes need none', async () => {
    const file = join(folder, 'keys');
    await writeFile(file, `# one\n${KEY}\n`, { mode: 0o600 });
    server = await startServer([model, '--threads', '1', '--api-key', file]);
    const withKey = (headers: Readonly<Record<string, string>>) =>
      post(`${server.url}/segment?format=mask`, small, { ...PNG, ...headers });
    expect((await withKey({ authorization: `Bearer ${KEY}` })).status).toBe(200);
    expect((await withKey({ 'x-api-key': KEY })).status).toBe(200);
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { 'x-api-key': `${KEY}x` }]) {
      const answer = await withKey(headers as Readonly<Record<string, string>>);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="refinenet"']);
      expect(await answer.json()).toEqual({
        error: 'This server wants a key: Authorization: Bearer KEY, or X-API-Key: KEY.',
      });
    }
    for (const path of [
      '/v2',
      '/metrics',
      '/docs',
      '/openapi.json',
      '/v2/models/model',
      '/v2/models/model/ready',
      '/nowhere',
    ]) {
      expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, 401]);
    }
    for (const path of ['/v2/health/live', '/v2/health/ready'])
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    expect(await metric('refinenet_rejected_total{reason="key"}', { 'x-api-key': KEY })).toBe(10);
    expect(JSON.stringify(server.log())).not.toContain(KEY);
    expect(readFileSync(`/proc/${server.process.pid}/cmdline`, 'utf8')).not.toContain(KEY);
  });

  test('from the environment does the same, and without one a server that others reach warns', async () => {
    server = await startServer([model, '--threads', '1', '--host', '0.0.0.0'], { REFINENET_API_KEY: KEY });
    expect((await segment(small)).status).toBe(401);
    expect(server.log().filter(({ level }) => level === 40)).toEqual([]);
    await server.end();
    server = await startServer([model, '--threads', '1', '--host', '0.0.0.0']);
    const warning = await server.logged(({ level }) => level === 40);
    expect(warning.msg).toContain('everybody who reaches this address may use the server: give it --api-key');
  });

  test('that is no key ends the command', async () => {
    server = await startServer([model, '--threads', '1']);
    const bad = join(folder, 'bad');
    await writeFile(bad, 'short\n');
    const wrong = await runCli(['serve', model, '--api-key', bad]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining(`${bad}: key 1 is too short`)]);
    const missing = await runCli(['serve', model, '--api-key', join(folder, 'none')]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--api-key takes a file with a key; ')]);
  });
});

describe('a start that cannot be', () => {
  test('says why, with an exit code, and leaves no engine behind', async () => {
    server = await startServer([model, '--threads', '1']);
    const nowhere = await runCli(['serve', 'nowhere', '--port', '0']);
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('There is no model at nowhere')]);
    const taken = await runCli(['serve', model, '--port', String(server.port)]);
    expect([taken.code, taken.stderr]).toEqual([
      2,
      expect.stringContaining(`The port ${server.port} of 127.0.0.1 is taken.`),
    ]);
    const children = execFileSync('ps', ['-eo', 'ppid,args'], { encoding: 'utf8' });
    const orphans = children.split('\n').filter((line) => /^\s*1 .*engines.child/.test(line));
    expect(orphans).toEqual([]);
  });
});
