/** A store that speaks S3, in a process of its own, with one bucket. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.ts';

export const BUCKET = 'photos-and-masks';

const PROGRAM = join(dirname(createRequire(import.meta.url).resolve('s3rver/package.json')), 'bin/s3rver.js');

export interface TestStore {
  /** What a process is told to find it and to be let in. */
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

/** @param folder where objects are kept, each as files. */
export async function startStore(folder: string): Promise<TestStore> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const options = ['--directory', folder, '--address', '127.0.0.1', '--port', String(port), '--silent'];
  // Its continuation tokens take a cipher that OpenSSL 3 calls legacy.
  const child = spawn(
    process.execPath,
    ['--openssl-legacy-provider', PROGRAM, ...options, '--configure-bucket', BUCKET],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.on('close', resolve));
  while (!(await fetch(address).catch(() => null))) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    env: {
      AWS_ENDPOINT_URL_S3: address,
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
      AWS_REGION: 'us-east-1',
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
