/** The same two lines in Firefox, which is driven by nothing: its page tells the server what it found by what it asks for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
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

/** What a page in a new Firefox tells. */
async function told(options: string, isolated: boolean): Promise<{ labels?: string; error?: string }> {
  const pages = await servePages({
    folders: { '/drawn/': `${folder}/` },
    answers: { '/': { type: 'text/html', body: page(options) }, '/photo.png': png },
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
    ['with threads, in a worker', '{}', true],
    ['in the page itself', '{ worker: false }', true],
    ['with one thread, where the page is not isolated', '{}', false],
  ])('segments as Node does %s', async (_, options, isolated) => {
    const { labels = '', error } = await told(options, isolated);
    expect(error).toBeUndefined();
    expect(labels).toHaveLength(expected.length);
    const differing = [...labels].filter((label, at) => label !== expected[at]).length;
    expect(differing).toBeLessThanOrEqual(expected.length / 1000);
  });
});
