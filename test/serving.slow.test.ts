/** The page on serving does what it says, line by line; and the files in deploy/ are what they should be. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { drawStreet } from '../src/data/drawn/street/street-scene.ts';
import { encodeImage } from '../src/platform/node/encode-image.ts';
import { helpOf } from './support/command-help.ts';
import { runCli } from './support/run-cli.ts';
import { startServer, type TestServer } from './support/server.ts';
import { temporaryFolder } from './support/synthetic-model.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/serving.md'), 'utf8');
const LINES = [...PAGE.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => (block as string).trim().split('\n'));
const SERVE = 'npx refinenet serve';

const hasSystemd = spawnSync('systemd-analyze', ['--version']).error === undefined;
if (!hasSystemd) console.warn('systemd-analyze is not here: what it says of deploy/refinenet.service is not tested.');

describe('the page on serving', () => {
  let folder: string;
  const servers: TestServer[] = [];
  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeFile(join(folder, 'photo.jpg'), await encodeImage(drawStreet(1).image, 'jpeg'));
  });
  afterAll(async () => {
    for (const server of servers) await server.end();
    await rm(folder, { recursive: true, force: true });
  });

  test('runs from top to bottom', async () => {
    /** What is asked with a key goes to the server that wants one. */
    const latest: { open?: TestServer; keyed?: TestServer } = {};
    const said: string[] = [];
    for (const line of LINES) {
      if (line.startsWith(SERVE)) {
        const words = line.slice(SERVE.length).split(' ').filter(Boolean);
        const isKeyed = words.includes('--api-key');
        const args = words.map((word, at) => (words[at - 1] === '--api-key' ? join(folder, word) : word));
        const server = await startServer([...args, '--timeout', '300']);
        servers.push(server);
        latest[isKeyed ? 'keyed' : 'open'] = server;
        continue;
      }
      const server = line.includes('Bearer') ? latest.keyed : latest.open;
      const port = String(server?.port);
      const command = line.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], { cwd: folder });
      said.push(stdout);
    }
    expect(said.join('')).toContain('"label": "road"');
    expect(said.join('')).toContain('"platform":"refinenet_onnxruntime"');
    expect(said.join('')).toContain('refinenet_queue_length 0');

    const photo = join(folder, 'photo.jpg');
    await runCli(['predict', photo, '--model', 'street-scenes', '--output', join(folder, 'out')]);
    expect((await readFile(join(folder, 'mask.png'))).equals(await readFile(join(folder, 'out', 'photo.png')))).toBe(
      true,
    );
    expect((await sharp(join(folder, 'averaged.png')).metadata()).width).toBe(480);
    expect((await sharp(join(folder, 'overlay.png')).metadata()).height).toBeGreaterThanOrEqual(360);
    const json = async (name: string) =>
      JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown[]>;
    expect((await json('regions.geojson')).features?.length).toBeGreaterThan(2);
    expect((await json('rle.json')).annotations?.length).toBeGreaterThan(2);
    expect((await json('response.json')).outputs).toMatchObject([
      { name: 'labels', shape: [48, 64], datatype: 'UINT8' },
    ]);
  });

  test('names options that exist, with the defaults that they have', async () => {
    const help = await helpOf('serve');
    const options = new Set(
      [...PAGE.replaceAll(/curl .*|`npm [^`]*`/g, '').matchAll(/[ `](--[a-z][a-z-]+)/g)].map(
        ([, option]) => option as string,
      ),
    );
    for (const option of ['--format', '--eval', '--optimize']) options.delete(option);
    for (const option of options) expect(help, option).toContain(`${option} `);
    for (const [, option, value] of PAGE.matchAll(/^\| `(--[a-z-]+)`[^|]*\| (\d+)(?: s)? \|/gm)) {
      expect(help.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`${option} <[^>]+> [^-]*\\(default: ${value}\\)`));
    }
  });

  test('gives Prometheus the key that /metrics wants', () => {
    const [, block = ''] = /```yaml\n(.*?)```/s.exec(PAGE) ?? [];
    // Bearer is what it takes where no type is said.
    expect(parse(block)).toMatchObject({
      scrape_configs: [{ authorization: { credentials_file: expect.any(String) } }],
    });
  });

  test('links to files that are there, and has no gap', () => {
    const links = [...PAGE.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path as string);
    expect(links.length).toBeGreaterThan(4);
    for (const path of links) expect(existsSync(join(ROOT, 'docs', path)), path).toBe(true);
    expect(PAGE).not.toMatch(/@@|TODO/);
  });
});

describe('in deploy/', () => {
  const read = (name: string): string => readFileSync(join(ROOT, 'deploy', name), 'utf8');
  const optionsIn = (words: readonly unknown[]): string[] => words.map(String).filter((word) => word.startsWith('--'));

  test('compose.yaml has two replicas that nginx knows, with options that exist', async () => {
    const { services, secrets } = parse(read('compose.yaml'), { merge: true }) as {
      services: Record<string, { command?: string[]; secrets?: string[]; read_only?: boolean }>;
      secrets: object;
    };
    const replicas = Object.entries(services).filter(([name]) => name !== 'nginx');
    expect(replicas).toHaveLength(2);
    const help = await helpOf('serve');
    for (const [name, { command = [], secrets: used = [], read_only }] of replicas) {
      expect(read('nginx.conf')).toContain(`server ${name}:8080 `);
      for (const option of optionsIn(command)) expect(help).toContain(`${option} `);
      for (const secret of used) expect(Object.keys(secrets)).toContain(secret);
      expect(read_only).toBe(true);
    }
  });

  test('kubernetes.yaml probes paths that there are, with limits and options that exist', async () => {
    const documents = parseAllDocuments(read('kubernetes.yaml')).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as {
        kind: string;
        spec: { template?: { metadata: { annotations?: object }; spec: { containers: Container[] } } };
      };
    });
    interface Container {
      readonly args: string[];
      readonly image: string;
      readonly imagePullPolicy?: string;
      readonly resources: { limits: Record<string, string> };
      readonly [probe: `${string}Probe`]: { httpGet: { path: string } };
    }
    expect(documents.map(({ kind }) => kind)).toEqual([
      'Deployment',
      'Service',
      'PodDisruptionBudget',
      'NetworkPolicy',
    ]);
    const container = documents[0]?.spec.template?.spec.containers[0] as Container;
    // Discovery by annotations has no key, which /metrics wants.
    expect(documents[0]?.spec.template?.metadata.annotations).toBeUndefined();
    // Without a policy "latest" is pulled always, also where it was built.
    expect(container).toMatchObject({ image: 'refinenet:latest', imagePullPolicy: 'IfNotPresent' });
    const help = await helpOf('serve');
    for (const option of optionsIn(container.args)) expect(help).toContain(`${option} `);
    expect(Object.keys(container.resources.limits)).toEqual(['cpu', 'memory']);
    expect(container.startupProbe?.httpGet.path).toBe('/v2/health/ready');
    expect(container.readinessProbe?.httpGet.path).toBe('/v2/health/ready');
    expect(container.livenessProbe?.httpGet.path).toBe('/v2/health/live');
  });

  test('refinenet.service calls options that exist', async () => {
    const [, line = ''] = /^ExecStart=(.*)$/m.exec(read('refinenet.service')) ?? [];
    const help = await helpOf('serve');
    expect(optionsIn(line.split(' ')).length).toBeGreaterThan(2);
    for (const option of optionsIn(line.split(' '))) expect(help).toContain(`${option} `);
  });

  test.skipIf(!hasSystemd)('systemd finds nothing wrong with refinenet.service', () => {
    const verified = spawnSync('systemd-analyze', ['verify', join(ROOT, 'deploy', 'refinenet.service')], {
      encoding: 'utf8',
    });
    // A machine for tests need not have node where the unit says.
    expect(
      verified.stderr
        .split('\n')
        .filter((text) => text.includes('refinenet.service') && !text.includes('not executable')),
    ).toEqual([]);
  });

  test('the Dockerfile makes the folder that it packs into', () => {
    const [before = '', destination] = read('Dockerfile').split(/npm pack .*--pack-destination (\S+)/);
    expect(before).toMatch(new RegExp(`mkdir ${destination}\\b`));
  });

  test('the Dockerfile starts the command, not as root', () => {
    expect(read('Dockerfile')).toMatch(/^USER node$/m);
    expect(read('Dockerfile')).toMatch(
      /^ENTRYPOINT \["node", "node_modules\/refinenet\/bin\/refinenet.js", "serve", /m,
    );
  });
});
