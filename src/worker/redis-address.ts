/** Where a Redis is, and whether it answers. */
import { messageOf, RuntimeError, UsageError } from '../errors.ts';
import type { IoRedis } from './libraries.ts';

/** The address in the client's form. */
export interface RedisConnection {
  host: string;
  port: number;
  username?: string;
  password?: string;
  db?: number;
  tls?: object;
}

export interface RedisAddress {
  readonly options: RedisConnection;
  /** Without the password. */
  readonly shown: string;
}

const DEFAULT_PORT = 6379;

/** `redis://[[user]:password@]host[:port][/database]`, or `rediss:` for TLS. @throws UsageError if it is none. */
export function redisAddress(text: string): RedisAddress {
  const wrong = (): UsageError =>
    new UsageError(
      `A queue is named redis://HOST, redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// with TLS; got "${text.replace(/\/\/.*@/, '//...@')}".`,
    );
  if (!URL.canParse(text)) throw wrong();
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  const database = /^\/?(\d{0,4})$/.exec(pathname)?.[1];
  const isFit = ['redis:', 'rediss:'].includes(protocol) && hostname !== '' && database !== undefined;
  if (!isFit || search !== '' || hash !== '') throw wrong();
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw new UsageError(
        `The user or password in ${protocol}//...@${hostname} has a % that is no part of a code: percent-encode it (% is %25).`,
      );
    }
  };
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    options: {
      host,
      port: port === '' ? DEFAULT_PORT : Number(port),
      ...(username !== '' && { username: decoded(username) }),
      ...(password !== '' && { password: decoded(password) }),
      ...(database !== '' && { db: Number(database) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
    shown: `${protocol}//${hostname}:${port === '' ? DEFAULT_PORT : port}${database === '' ? '' : `/${database}`}`,
  };
}

/** Milliseconds that a first answer may take. */
const PATIENCE = 10_000;

/** @throws RuntimeError if there is no Redis, or it does not let us in. */
export async function checkRedis({ options, shown }: RedisAddress, { Redis }: IoRedis): Promise<void> {
  const client = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: PATIENCE,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let reason: unknown;
  client.on('error', (error: unknown) => (reason ??= error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw new RuntimeError(
      `${shown}: no Redis lets us in there (${messageOf(reason ?? error)}). Check the address, that it runs, and its password.`,
      { cause: error },
    );
  } finally {
    client.disconnect();
  }
}

/** Says that a connection is lost once, however often it is sought again. */
export function onceUntilBack(say: (message: string) => void): {
  readonly onError: (error: Error) => void;
  readonly onBack: () => void;
} {
  let last = '';
  return {
    onError({ message }) {
      if (message === last) return;
      last = message;
      say(`The queue: ${message.split('\n')[0]}. Trying again.`);
    },
    onBack() {
      last = '';
    },
  };
}
