/** A real browser, and a server with pages for it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Why there is none, to be shown; empty where there is one. */
export const missingBrowser = CHROMIUM ? '' : ': chromium is missing (Debian: apt-get install chromium)';

/** Nothing of its own reaches for the network. */
const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** WebGPU computed on the CPU. */
const SOFTWARE_WEBGPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
];

export interface BrowserOptions {
  readonly webgpu?: boolean;
  readonly flags?: readonly string[];
}

export function openBrowser({ webgpu = false, flags = [] }: BrowserOptions = {}): Promise<Browser> {
  const args = [...QUIET, ...(webgpu ? SOFTWARE_WEBGPU : ['--disable-gpu']), ...flags];
  return chromium.launch({ executablePath: CHROMIUM as string, args });
}

/** What the server answers at a path: a file's content, or something else than 200. */
export type Answer =
  | string
  | Uint8Array
  | {
      readonly status?: number;
      readonly type?: string;
      readonly body?: string | Uint8Array;
      readonly stalls?: boolean;
    };

export interface PagesOptions {
  /** Answers by path, before files are looked for. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** Folders by the paths that they are served under, besides the package and its engine. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Whether pages may share memory between threads. Default true. */
  readonly isolated?: boolean;
  /** Whether nothing is served but these. Default false. */
  readonly own?: boolean;
  /** The pages' Content-Security-Policy. */
  readonly policy?: string;
}

export interface Pages {
  /** The server's address, with a slash. */
  readonly address: string;
  /** What was asked for, in order: `GET /x`. */
  readonly requests: string[];
  /** How many bytes of files were sent. */
  sent(): number;
  /** Answers by path; may be changed while pages are open. */
  readonly answers: Record<string, Answer>;
  close(): Promise<void>;
}

const PACKAGE: Readonly<Record<string, string>> = {
  '/refinenet/': join(CHECKOUT, 'dist/browser/'),
  '/engine/': join(CHECKOUT, 'node_modules/onnxruntime-web/dist/'),
  '/models/': join(CHECKOUT, 'models/'),
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

const EMPTY_PAGE =
  '<!doctype html><meta charset="utf-8"><title>test</title><link rel="icon" href="data:,"><canvas></canvas>';

/** Serves an empty page at `/`, the built package at `/refinenet/`, the engine's files at `/engine/`, models at `/models/`. */
export async function servePages(options: PagesOptions = {}): Promise<Pages> {
  const { isolated = true, own = false, policy } = options;
  const answers: Record<string, Answer> = {
    ...(own ? {} : { '/': { type: 'text/html', body: EMPTY_PAGE } }),
    ...options.answers,
    '/favicon.ico': { status: 204 },
  };
  const folders: Readonly<Record<string, string>> = {
    ...(own ? {} : PACKAGE),
    ...options.folders,
  };
  const requests: string[] = [];
  let sent = 0;
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url as string).split('?')[0] as string);
    requests.push(`${request.method} ${path}`);
    if (isolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    if (policy) response.setHeader('content-security-policy', policy);
    const send = (body: string | Uint8Array, type: string | undefined, status = 200): void => {
      response.statusCode = status;
      response.setHeader('content-type', type ?? TYPES[extname(path)] ?? 'application/octet-stream');
      response.setHeader('content-length', Buffer.byteLength(body));
      response.setHeader('etag', `"${createHash('md5').update(body).digest('hex')}"`);
      // Scripts as bundlers name them, by their content: kept without asking again.
      response.setHeader('cache-control', path.startsWith('/refinenet/') ? 'max-age=3600' : 'no-cache');
      if (request.method !== 'HEAD') sent += Buffer.byteLength(body);
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const answer = answers[path];
    if (answer !== undefined) {
      if (typeof answer === 'string' || answer instanceof Uint8Array) return send(answer, undefined);
      if (!answer.stalls) return send(answer.body ?? '', answer.type, answer.status);
      response.setHeader('content-length', 1000);
      response.write('x');
      return;
    }
    const [prefix, folder] = Object.entries(folders).find(([start]) => path.startsWith(start)) ?? [];
    if (prefix === undefined) return send('not here', 'text/plain', 404);
    readFile(join(folder as string, path.slice(prefix.length))).then(
      (body) => send(body, undefined),
      () => send('not here', 'text/plain', 404),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    sent: () => sent,
    answers,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Runs a script in a page, as the body of an async function; `loadModel` is there, with the engine's place said.
 * @returns what it returns, as JSON has it; an error that it throws becomes `{ error: { name, message } }`.
 */
export async function runInPage<T>(page: Page, script: string): Promise<T> {
  return page.evaluate<T>(`(async () => {
    try {
      const refinenet = await import('/refinenet/refinenet.js');
      const loadModel = (source, options) => refinenet.loadModel(source, { wasmPaths: '/engine/', ...options });
      ${script}
    } catch (error) {
      return { error: { name: error.name, message: String(error.message) } };
    }
  })()`);
}
