/** Starts `refinenet serve` as users do: in a process of its own, on a port that is free. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/refinenet.js', import.meta.url));

export interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** What it has written to standard output. */
  readonly stdout: () => string;
  /** What it has written to its log so far; lines that are no JSON are texts. */
  readonly log: () => readonly LogLine[];
  /** The engines that are there. */
  readonly engines: () => readonly number[];
  /** Waits until the log has such a line. */
  logged(is: (line: LogLine) => boolean): Promise<LogLine>;
  /** Sends a signal, and waits for the end. @returns the exit code, null after a signal that it did not handle. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** @throws Error with all that was said if it ends before it listens. */
export async function startServer(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<TestServer> {
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const lines: LogLine[] = [];
  const watchers = new Set<() => void>();
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    for (const watch of watchers) watch();
  });
  let rest = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() as string;
    for (const part of parts) lines.push(part.startsWith('{') ? (JSON.parse(part) as LogLine) : { msg: part });
    for (const watch of watchers) watch();
  });
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        const found = find();
        if (found === undefined) return;
        watchers.delete(watch);
        resolve(found);
      };
      watchers.add(watch);
      void ended.then((code) => reject(new Error(`The server ended with ${code}: ${stdout}${stderr}`)));
      watch();
    });
  const url = await until(() => / at (http:\S+) on /.exec(stdout)?.[1]);
  return {
    url,
    port: Number(new URL(url).port),
    process: child,
    stdout: () => stdout,
    log: () => lines,
    engines: () => {
      const ends = lines.filter(({ msg }) => msg.startsWith('engine ended')).map(({ engine }) => engine);
      const ready = lines.filter(({ msg }) => msg === 'engine ready').map(({ engine }) => engine as number);
      return ready.filter((pid) => !ends.includes(pid));
    },
    logged: (is) => until(() => lines.find(is)),
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Posts a body. */
export const post = (
  url: string,
  body: Uint8Array | FormData | string,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Response> => fetch(url, { method: 'POST', body: body as never, headers, ...(signal && { signal }) });
