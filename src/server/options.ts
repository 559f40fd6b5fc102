/** How a server is set up. */
import { SERVER } from '../limits.ts';
import { defaultThreads } from '../platform/node/default-threads.ts';
import { availableMemory } from '../platform/node/machine-memory.ts';
import type { EngineConfiguration } from './engines/messages.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 takes one that is free. */
  readonly port: number;
  readonly engine: Omit<EngineConfiguration, 'pixelLimit'> & { readonly pixelLimit?: number | undefined };
  /** Processes with an engine each. */
  readonly engines: number;
  /** Requests that may wait for an engine. */
  readonly queue: number;
  /** Seconds that a request's body may take to come. */
  readonly uploadTimeout: number;
  /** Seconds from a request's last byte to its answer. */
  readonly timeout: number;
  /** Most bytes of a request's body. */
  readonly bodyLimit: number;
  /** Keys of which a request must bring one; none lets everybody in. */
  readonly apiKeys: readonly string[];
}

/** Jobs that one engine has at once: one decoded, one computed, one encoded. */
export const ENGINE_WIDTH = 3;

export const DEFAULTS = {
  host: '127.0.0.1',
  port: 8080,
  engines: 1,
  queue: 32,
  uploadTimeout: SERVER.bodySeconds,
  timeout: 30,
  bodyLimit: SERVER.bodyBytes,
} as const;

/** Bytes of bodies that are held at once, beyond what waits for an engine: later ones are refused. */
export const uploadBudget = ({ bodyLimit }: Pick<ServerOptions, 'bodyLimit'>): number => SERVER.bodies * bodyLimit;

/** Bytes at which an engine is ended: what is left of the memory beside the others, and a tenth. */
export const engineMemory = (engines: number, memory = availableMemory()): number => (0.9 * memory) / engines;

/** An engine's share of the threads that one would have, so that engines do not wait for each other's cores. */
export function engineThreads(engines: number, threads = defaultThreads()): number | undefined {
  return threads === undefined ? undefined : Math.max(1, Math.floor(threads / engines));
}

/** Whether only programs of this machine can reach the address. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host);
