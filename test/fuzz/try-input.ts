/** One input given to a reader: what it came to. */
import { RefineNetError } from '../../src/errors.ts';
import type { Reader } from './reader.ts';

export type Trial =
  | { readonly kind: 'answer' }
  | { readonly kind: 'refusal' }
  /** `defect`: an error that is not ours. `slow`, `memory`: what it took is out of proportion. */
  | { readonly kind: 'defect' | 'slow' | 'memory'; readonly text: string };

/** Seconds of computing that an input of some kilobytes may take. */
const MOST_SECONDS = 2;
/** Bytes by which it may raise the most that the process ever held. */
const MOST_BYTES = 400 * 2 ** 20;

export async function tryInput({ read, isRefusal = () => false }: Reader, bytes: Uint8Array): Promise<Trial> {
  const before = { cpu: process.cpuUsage(), memory: process.resourceUsage().maxRSS };
  let result: Trial = { kind: 'answer' };
  try {
    await read(bytes);
  } catch (error) {
    const isOurs = error instanceof RefineNetError || isRefusal(error);
    result = isOurs
      ? { kind: 'refusal' }
      : { kind: 'defect', text: error instanceof Error ? (error.stack ?? String(error)) : `thrown: ${String(error)}` };
  }
  if (result.kind === 'defect') return result;
  // Memory first: to fill much of it takes long by itself.
  const grown = (process.resourceUsage().maxRSS - before.memory) * 1024;
  if (grown > MOST_BYTES) return { kind: 'memory', text: `took ${Math.round(grown / 2 ** 20)} MiB` };
  const { user, system } = process.cpuUsage(before.cpu);
  const seconds = (user + system) / 1e6;
  if (seconds > MOST_SECONDS) return { kind: 'slow', text: `took ${seconds.toFixed(1)} s of computing` };
  return result;
}
