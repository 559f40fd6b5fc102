/** A Redis of the test's own, which keeps what it is told on the disk. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { freePort } from './free-port.ts';

/** Why there is none, to be shown; empty where there is one. */
export const missingRedis =
  spawnSync('redis-server', ['--version']).error === undefined
    ? ''
    : ': redis-server is missing (Debian: apt-get install redis-server)';

export interface TestRedis {
  readonly address: string;
  readonly port: number;
  /** Ends it, and starts it again after so many milliseconds. */
  restart(signal: NodeJS.Signals, pause: number): Promise<void>;
  /** Sends a command. @returns the first line of what is answered. */
  ask(...words: readonly string[]): Promise<string>;
  end(): Promise<void>;
}

export async function startRedis(folder: string, ...options: readonly string[]): Promise<TestRedis> {
  const port = await freePort();
  let child: ChildProcess;
  let ended: Promise<unknown>;
  const start = async (): Promise<void> => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', ...options];
    child = spawn('redis-server', args, { stdio: 'ignore' });
    ended = new Promise((resolve) => child.on('close', resolve));
    while (!(await ask('PING').catch(() => '')).match(/PONG|NOAUTH/))
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const ask = (...words: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`${words.join(' ')}\r\n`));
      socket.setEncoding('utf8');
      socket.on('data', (text) => {
        resolve(String(text).split('\r\n')[0] as string);
        socket.end();
      });
      socket.on('error', reject);
    });
  await start();
  return {
    address: `redis://127.0.0.1:${port}`,
    port,
    ask,
    async restart(signal, pause) {
      child.kill(signal);
      await ended;
      await new Promise((resolve) => setTimeout(resolve, pause));
      await start();
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
