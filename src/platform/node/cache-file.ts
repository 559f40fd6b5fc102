/** Files of the user's cache folder that hold one value for each engine on each kind of machine. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism, cpus, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type * as z from 'zod';
import { defaultThreads } from './default-threads.ts';
import { writeFileAtomically } from './files.ts';

/** The kind of machine: its processor, the threads that compute on it, and the engine that was measured. */
const machineKey = (engine: string): string =>
  `${engine}, ${defaultThreads() ?? "the engine's"} of ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}`;

export class CacheFile<T> {
  readonly #name: string;
  readonly #schema: z.ZodType<T>;

  constructor(name: string, schema: z.ZodType<T>) {
    this.#name = name;
    this.#schema = schema;
  }

  /** $XDG_CACHE_HOME/refinenet/NAME, in ~/.cache when that is not set; on Windows in %LOCALAPPDATA%. */
  get path(): string {
    const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
    return join(XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), '.cache'), 'refinenet', this.#name);
  }

  /** What is kept for an engine here; undefined if nothing is, or the file is not readable. */
  read(engine: string): T | undefined {
    const parsed = this.#schema.safeParse(this.#all()[machineKey(engine)]);
    return parsed.success ? parsed.data : undefined;
  }

  /** Keeps a value beside what is kept for other engines. Returns the file's path. */
  async write(engine: string, value: T): Promise<string> {
    const { path } = this;
    await mkdir(dirname(path), { recursive: true });
    const all = { ...this.#all(), [machineKey(engine)]: value };
    await writeFileAtomically(path, new TextEncoder().encode(`${JSON.stringify(all, null, 2)}\n`));
    return path;
  }

  /** A cache that is missing or damaged is an empty one. */
  #all(): Readonly<Record<string, unknown>> {
    try {
      const all: unknown = JSON.parse(readFileSync(this.path, 'utf8'));
      return typeof all === 'object' && all !== null ? (all as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  }
}
