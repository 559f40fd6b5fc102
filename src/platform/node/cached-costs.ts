/** The measured costs of engines on this machine, kept in the user's cache folder. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism, cpus, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { MachineCosts } from '../../runtime/machine-costs.ts';
import { writeFileAtomically } from './files.ts';

const positive = z.number().nonnegative().finite();
const tile = z.object({ input: positive, output: positive, kernel: positive });
const costsSchema = z.object({
  convolution: z.object({ multiplyAdd: positive, block: z.int().min(1).max(64) }),
  training: z.object({ forward: positive, input: positive, weight: positive }),
  product: z.object({ multiplyAdd: positive, byte: positive }),
  tiles: z.object({ 2: tile, 4: tile, 6: tile }),
});

/** The kind of machine: its processor, its threads, and the engine that was measured. */
const machineKey = (engine: string): string =>
  `${engine}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}`;

/** $XDG_CACHE_HOME/refinenet/costs.json, in ~/.cache when that is not set; on Windows in %LOCALAPPDATA%. */
export function machineCostsFile(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  return join(XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), '.cache'), 'refinenet', 'costs.json');
}

/** What was measured for an engine here; undefined if nothing was, or the file is not readable. */
export function readMachineCosts(engine: string): MachineCosts | undefined {
  const parsed = costsSchema.safeParse(readAll()[machineKey(engine)]);
  return parsed.success ? parsed.data : undefined;
}

/** Keeps what was measured beside what is kept for other engines. Returns the file's path. */
export async function writeMachineCosts(engine: string, costs: MachineCosts): Promise<string> {
  const file = machineCostsFile();
  await mkdir(dirname(file), { recursive: true });
  const all = { ...readAll(), [machineKey(engine)]: costs };
  await writeFileAtomically(file, new TextEncoder().encode(`${JSON.stringify(all, null, 2)}\n`));
  return file;
}

/** A cache that is missing or damaged is an empty one. */
function readAll(): Readonly<Record<string, unknown>> {
  try {
    const all: unknown = JSON.parse(readFileSync(machineCostsFile(), 'utf8'));
    return typeof all === 'object' && all !== null ? (all as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
