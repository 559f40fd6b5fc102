/** Two servers behind nginx, as deploy/nginx.conf sets it up; skipped where there is no nginx. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { runCli } from '../support/run-cli.ts';
import { post, startServer, type TestServer } from '../support/server.ts';
import { temporaryFolder, wavesPng, writeSyntheticModel } from '../support/synthetic-model.ts';

const NGINX = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', 'nginx'].find(
  (path) => spawnSync(path, ['-v']).error === undefined,
);

describe.skipIf(!NGINX)('behind nginx', () => {
  let folder: string;
  let servers: TestServer[];
  let nginx: ChildProcess;
  let url: string;
  let png: Buffer;
  let expected: Buffer;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const model = await writeSyntheticModel(folder);
    png = await wavesPng(64, 48);
    servers = await Promise.all(
      ['', ''].map(() =>
        startServer([model, '--host', '127.0.0.2', '--threads', '1', '--drain', '120'], {
          REFINENET_API_KEY: 'a-key-that-is-long-enough',
        }),
      ),
    );
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const changes: readonly (readonly [string, string])[] = [
      ['server first:8080', `server 127.0.0.2:${servers[0]?.port}`],
      ['server second:8080', `server 127.0.0.2:${servers[1]?.port}`],
      ['listen 8080', `listen 127.0.0.1:${port}`],
      ['pid /run/nginx.pid', `pid "${join(folder, 'pid')}"`],
    ];
    const config = changes.reduce(
      (text, [from, to]) => {
        expect(text.split(from), from).toHaveLength(2);
        return text.replace(from, to);
      },
      await readFile(new URL('../../deploy/nginx.conf', import.meta.url), 'utf8'),
    );
    await writeFile(join(folder, 'nginx.conf'), config);
    const args = ['-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
    const { status, stderr } = spawnSync(NGINX as string, ['-t', ...args], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.stringContaining('test is successful')]);
    nginx = spawn(NGINX as string, [...args, '-g', 'daemon off;'], { stdio: 'ignore' });
    await runCli(['predict', await file('photo.png', png), '--model', model, '--output', join(folder, 'out')]);
    expected = await readFile(join(folder, 'out', 'photo.png'));
  });
  afterAll(async () => {
    nginx?.kill('SIGTERM');
    for (const server of servers) await server.end('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function file(name: string, bytes: Uint8Array): Promise<string> {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  }

  const segment = () =>
    post(`${url}/segment?format=mask`, png, {
      'content-type': 'image/png',
      authorization: 'Bearer a-key-that-is-long-enough',
    });
  const isMask = async (answer: Response): Promise<boolean> =>
    answer.status === 200 && Buffer.from(await answer.arrayBuffer()).equals(expected);

  test('both servers take their part, and figures are not given away', async () => {
    for (let round = 0; round < 6; round++) expect(await isMask(await segment())).toBe(true);
    for (const server of servers) expect(server.log().some(({ route }) => route === '/segment')).toBe(true);
    expect((await fetch(`${url}/metrics`)).status).toBe(403);
    expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  });

  test('a client that asks too fast is told so', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => fetch(`${url}/v2/health/live`)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
    await new Promise((resolve) => setTimeout(resolve, 5000));
  });

  test('one of two servers ends under load, and no client notices', async () => {
    const answers: Promise<boolean>[] = [];
    const [first] = servers as [TestServer];
    let ended: Promise<number | null> | undefined;
    // As fast as the limit allows.
    for (let count = 0; count < 30; count++) {
      answers.push(segment().then(isMask));
      if (count === 10) ended = first.end('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 220));
    }
    expect(await Promise.all(answers)).toEqual(answers.map(() => true));
    expect(await ended).toBe(0);
  });
});
