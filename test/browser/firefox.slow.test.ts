/** The same two lines in Firefox, which is driven by nothing: its page tells the server what it found by what it asks for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel } from '../../src/platform/node/load.ts';
import { servePages } from '../support/browser.ts';
import { temporaryFolder, waves, writeSyntheticModel } from '../support/synthetic-model.ts';

const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync);

/** Why there is none, to be shown; empty where there is one. */
const missingFirefox = FIREFOX ? '' : ': Firefox is missing (Debian: apt-get install firefox-esr)';

const [WIDTH, HEIGHT] = [96, 64];
const PIXELS = waves(WIDTH, HEIGHT);

/** Firefox asks hosts of its own for updates, pages and studies otherwise. */
const QUIET = [
  'app.update.enabled',
  'app.normandy.enabled',
  'browser.aboutHomeSnippets.updateUrl',
  'browser.safebrowsing.malware.enabled',
  'browser.safebrowsing.phishing.enabled',
  'browser.shell.checkDefaultBrowser',
  'datareporting.healthreport.uploadEnabled',
  'datareporting.policy.dataSubmissionEnabled',
  'extensions.update.enabled',
  'network.captive-portal-service.enabled',
  'network.connectivity-service.enabled',
  'toolkit.telemetry.enabled',
]
  .map((name) => `user_pref("${name}", false);\n`)
  .join('');

/** Milliseconds that the page may take. */
const WITHIN = 90_000;

const WORKER = new URL('../../dist/browser/wasm-worker.js', import.meta.url);

const TELL = '/told/';

/** A page that loads a model, segments, and asks for an address that says what came of it. */
const page = (
  options: string,
): string => `<!doctype html><meta charset="utf-8"><title>test</title><script type="module">
const tell = (what) => fetch('${TELL}' + encodeURIComponent(JSON.stringify(what)));
try {
  const { loadModel } = await import('/refinenet/refinenet.js');
  const model = await loadModel('/drawn/model', { wasmPaths: '/engine/', ...${options} });
  const { labels } = await model.segment('/photo.png');
  await tell({ labels: [...labels.data].join('') });
  await model.dispose();
} catch (error) {
  await tell({ error: String(error) });
}
</script>`;

let folder: string;
let expected: string;
let png: Buffer;

beforeAll(async () => {
  if (missingFirefox) return;
  folder = await temporaryFolder();
  const model = await writeSyntheticModel(folder);
  png = await sharp(PIXELS, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .png()
    .toBuffer();
  await using inNode = await loadModel(model);
  const { labels } = await inNode.segment({ width: WIDTH, height: HEIGHT, data: PIXELS });
  expected = [...labels.data].join('');
});

const open = new Set<() => void>();
afterAll(() => {
  for (const close of open) close();
});

/** A thread of the engine that takes its time to start, and garbage meanwhile for Firefox to collect. */
const COLLECTING = `if (self.name.startsWith('em-pthread')) {
  const begin = () => { for (const began = Date.now(); Date.now() - began < 1000; ); };
  self.addEventListener('message', begin, { once: true });
} else {
  const { postMessage } = Worker.prototype;
  const litter = (rounds) => {
    for (let i = 0; i < 20; i++) { new Array(100000).fill({}); new ArrayBuffer(4e6); }
    if (rounds > 0) setTimeout(litter, 4, rounds - 1);
  };
  Worker.prototype.postMessage = function (...given) {
    litter(60);
    return postMessage.apply(this, given);
  };
}
`;

interface Visit {
  /** Of `loadModel`, as written. */
  readonly options?: string;
  readonly isolated?: boolean;
  /** What the worker runs before its script. */
  readonly before?: string;
}

/** What a page in a new Firefox tells. */
async function told({
  options = '{}',
  isolated = true,
  before = '',
}: Visit): Promise<{ labels?: string; error?: string }> {
  const script = await readFile(WORKER, 'utf8');
  const pages = await servePages({
    folders: { '/drawn/': `${folder}/` },
    answers: {
      '/': { type: 'text/html', body: page(options) },
      '/photo.png': png,
      '/refinenet/wasm-worker.js': { type: 'text/javascript', body: before + script },
    },
    isolated,
  });
  const profile = join(folder, `profile-${Math.random()}`);
  await mkdir(profile);
  await writeFile(join(profile, 'user.js'), QUIET);
  const firefox = spawn(FIREFOX as string, ['--headless', '--no-remote', '--profile', profile, pages.address], {
    stdio: 'ignore',
    env: { ...process.env, HOME: folder },
  });
  const close = (): void => void firefox.kill('SIGKILL');
  open.add(close);
  try {
    for (const began = performance.now(); performance.now() - began < WITHIN; ) {
      const found = pages.requests.find((request) => request.startsWith(`GET ${TELL}`));
      if (found) return JSON.parse(found.slice(`GET ${TELL}`.length)) as { labels?: string; error?: string };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Firefox told nothing; it asked for ${pages.requests.join(', ')}`);
  } finally {
    close();
    open.delete(close);
    await once(firefox, 'exit');
    await pages.close();
  }
}

describe.skipIf(missingFirefox)(`Firefox${missingFirefox}`, () => {
  test.each([
    ['with threads, in a worker', {}],
    ['while it collects garbage, which a waiting thread of the engine is not', { before: COLLECTING }],
    ['in the page itself', { options: '{ worker: false }' }],
    ['with one thread, where the page is not isolated', { isolated: false }],
  ] satisfies [string, Visit][])('segments as Node does %s', async (_, visit) => {
    const { labels = '', error } = await told(visit);
    expect(error).toBeUndefined();
    expect(labels).toHaveLength(expected.length);
    const differing = [...labels].filter((label, at) => label !== expected[at]).length;
    expect(differing).toBeLessThanOrEqual(expected.length / 1000);
  });
});
