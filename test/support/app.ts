/** The app as users have it: built, served by the command line, in a real browser. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openBrowser } from './browser.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
const AXE = require.resolve('axe-core');

/** Of a build at work; a test that was ended leaves it behind. */
const LOCK = join(ROOT, 'node_modules/.app-build');
const LONGEST = 300_000;

/** Milliseconds for a page to come to what is waited for. */
const PATIENCE = 90_000;

/** Builds the app where its sources, or those of the package that it shows, are newer than what is built: once for all tests that ask. */
export function buildApp(): void {
  while (!isLocked()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  try {
    buildStale();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

/** @returns whether nobody else builds, so that this process may. */
function isLocked(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    const begun = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs;
    if (begun !== undefined && Date.now() - begun > LONGEST) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

function buildStale(): void {
  const built = newest(join(ROOT, 'dist/app'));
  if (built > Math.max(newest(join(ROOT, 'app')), newest(join(ROOT, 'src')))) return;
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');
  const { status, stderr } = spawnSync(process.execPath, [vite, 'build', 'app', '--logLevel', 'warn'], {
    cwd: ROOT,
    // As users have it: tests run in an environment of their own, in which libraries keep what only developers need.
    env: { ...process.env, NODE_ENV: 'production' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The app cannot be built:\n${stderr}`);
}

function newest(folder: string): number {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Math.max(0, ...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
  } catch {
    return 0;
  }
}

/** A page of the app; whatever goes wrong in it is in `faults`. */
export interface AppPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page, of its policy and of its files. */
  readonly faults: string[];
  /** Addresses that were asked for and are not the server's. */
  readonly foreign: string[];
}

export interface RunningApp {
  readonly url: string;
  open(hash?: string, options?: BrowserContextOptions): Promise<AppPage>;
  close(): Promise<void>;
}

/** Starts `refinenet app` and a browser with a camera of its own. */
export async function startApp(args: readonly string[] = []): Promise<RunningApp> {
  buildApp();
  const server = spawn(process.execPath, [join(ROOT, 'bin/refinenet.js'), 'app', '--no-open', '--port', '0', ...args]);
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const take = (chunk: Buffer): void => {
      said += chunk;
      const address = /http:\/\/\S+(?=\. )/.exec(said)?.[0];
      if (address) resolve(address);
    };
    server.stdout.on('data', take);
    server.stderr.on('data', take);
    server.on('close', (code) => reject(new Error(`The app ended with ${code}: ${said}`)));
  });
  const browser = await openBrowser({
    flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  return {
    url,
    async open(hash = '', options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        permissions: ['camera', 'clipboard-read', 'clipboard-write'],
        locale: 'en',
        ...options,
      });
      // On a machine that has other work, loading a model alone takes half a minute.
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const faults: string[] = [];
      const foreign: string[] = [];
      page.on('pageerror', ({ message }) => faults.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      page.on('response', (answer) => {
        if (answer.status() >= 400) faults.push(`${answer.status()} ${answer.url()}`);
      });
      context.on('request', (request) => {
        if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
      });
      await page.goto(`${url}/${hash}`);
      return { page, context, faults, foreign };
    },
    async close() {
      await browser.close();
      server.kill();
    },
  };
}

/** What axe finds wrong with a page as it is now: rule and place. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Injected past the page's policy, which allows no script of others.
  const { readFile } = await import('node:fs/promises');
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
  );
}

/** Expects no fault that axe finds and nothing wider than the page, in a scheme of color and at a width in pixels. */
export async function expectAccessible(page: Page, colorScheme: 'light' | 'dark', width: number): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 740 });
  const where = `${colorScheme}, ${width} pixels`;
  expect(await axeViolations(page), where).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), where).toBe(0);
}

/** Expects that a page has asked no other host for anything, and that nothing has gone wrong in it. */
export function expectQuiet({ foreign, faults }: AppPage): void {
  expect(foreign).toEqual([]);
  expect(faults).toEqual([]);
}
