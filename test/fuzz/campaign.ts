/** Inputs by the many, in processes that may die of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Said } from './child.ts';
import { BLOCK, inputsOf } from './inputs.ts';
import type { Reader } from './reader.ts';
import { READERS } from './readers/index.ts';

export interface Finding {
  readonly reader: string;
  /** `crash` and `hang` ended the process. */
  readonly kind: string;
  readonly text: string;
  readonly input: Uint8Array;
}

export interface Tally {
  readonly reader: string;
  readonly answers: number;
  readonly refusals: number;
  readonly findings: readonly Finding[];
}

/** Inputs of a reader by their numbers, `to` not among them. */
export interface Part {
  readonly reader: Reader;
  readonly from: number;
  readonly to: number;
}

export interface CampaignOptions {
  readonly parts: readonly Part[];
  readonly seed: number;
  /** Called after each block of inputs with what its reader has come to so far. */
  readonly onTally?: (tally: Tally) => void;
  /** Ends the campaign where it is. */
  readonly signal?: AbortSignal;
}

/** Heap of a process that tries inputs. */
const HEAP_MIB = 512;
/** Resident bytes at which it is ended. */
const MOST_RESIDENT = 1500 * 2 ** 20;
/** Seconds without a step: of computing, and in all, on a machine that may be busy. */
const HANG = { computing: 15, all: 600 };
/** After so many a reader is given up. */
const MOST_FINDINGS = 50;

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

export async function campaign({ parts, seed, onTally, signal }: CampaignOptions): Promise<readonly Tally[]> {
  const folder = mkdtempSync(join(tmpdir(), 'refinenet-fuzz-'));
  const position = join(folder, 'position');
  const tallies = new Map(
    parts.map(({ reader: { name } }) => [name, { reader: name, answers: 0, refusals: 0, findings: [] as Finding[] }]),
  );
  let todo = parts.map(({ reader, from, to }) => ({ number: READERS.indexOf(reader), from, to }));
  try {
    while (todo.length > 0) {
      writeFileSync(position, Int32Array.of(todo[0]?.number ?? 0, 0, -1));
      const found: Said[] = [];
      const end = await runChild(position, { seed, signal }, todo, (said) => {
        const tally = tallies.get(said.reader);
        if (said.type === 'counts' && tally) {
          tally.answers += said.answers;
          tally.refusals += said.refusals;
          onTally?.(tally);
        } else found.push(said);
      });
      for (const said of found) {
        if (said.type !== 'finding') continue;
        const reader = READERS.find(({ name }) => name === said.reader) as Reader;
        tallies
          .get(said.reader)
          ?.findings.push({ ...said, input: await inputOf(reader, seed, said.block, said.index) });
      }
      if (end === undefined || signal?.aborted) break;
      const [number, block, index] = readPosition(position);
      const reader = READERS[number] as Reader;
      if (index < 0) throw new Error(`Block ${block} of ${reader.name} cannot be drawn: ${end.text}`);
      const findings = tallies.get(reader.name)?.findings as Finding[];
      findings.push({ reader: reader.name, ...end, input: await inputOf(reader, seed, block, index) });
      const next = block * BLOCK + index + 1;
      const later = todo.slice(todo.findIndex((part) => part.number === number));
      const [current, ...others] = later as [(typeof later)[number], ...typeof later];
      const isGivenUp = next >= current.to || findings.length >= MOST_FINDINGS;
      todo = isGivenUp ? others : [{ ...current, from: next }, ...others];
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [...tallies.values()];
}

/** Resolves with what ended it, or undefined if it came to its end. */
function runChild(
  position: string,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal | undefined },
  parts: readonly { readonly number: number; readonly from: number; readonly to: number }[],
  onSaid: (said: Said) => void,
): Promise<{ readonly kind: string; readonly text: string } | undefined> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', `--max-old-space-size=${HEAP_MIB}`, CHILD, position, String(seed)].concat(
      parts.map(({ number, from, to }) => `${number}:${from}:${to}`),
    ),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let rest = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) onSaid(JSON.parse(line) as Said);
  });
  child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4000)));
  let reason: { kind: string; text: string } | undefined;
  let last = '';
  let since = { computing: 0, all: performance.now() / 1000 };
  const watch = setInterval(() => {
    const now = readPosition(position).join();
    if (signal?.aborted) child.kill('SIGKILL');
    const { resident, computing } = spentBy(child.pid);
    const all = performance.now() / 1000;
    if (now !== last) since = { computing, all };
    last = now;
    if (computing - since.computing > HANG.computing || all - since.all > HANG.all) {
      reason ??= { kind: 'hang', text: `no end within ${Math.round(computing - since.computing)} s of computing` };
    } else if (resident > MOST_RESIDENT) {
      reason ??= { kind: 'memory', text: `${Math.round(resident / 2 ** 20)} MiB resident` };
    }
    if (reason) child.kill('SIGKILL');
  }, 100);
  return new Promise((resolve) =>
    child.on('close', (code, signal) => {
      clearInterval(watch);
      if (code === 0) resolve(undefined);
      else resolve(reason ?? { kind: 'crash', text: `${signal ?? `exit code ${code}`}: ${stderr.slice(-1500)}` });
    }),
  );
}

function readPosition(file: string): readonly [reader: number, block: number, index: number] {
  const place = new Int32Array(3);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, place, 0, place.byteLength, 0);
  closeSync(descriptor);
  return [place[0] as number, place[1] as number, place[2] as number];
}

/** Bytes and seconds, as Linux tells them; elsewhere the heap's limit and the clock alone hold. */
function spentBy(pid: number | undefined): { readonly resident: number; readonly computing: number } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const [user, system, pages] = [fields[11], fields[12], fields[21]].map(Number) as [number, number, number];
    return { resident: pages * 4096, computing: (user + system) / 100 };
  } catch {
    return { resident: 0, computing: 0 };
  }
}

async function inputOf(reader: Reader, seed: number, block: number, index: number): Promise<Uint8Array> {
  return inputsOf(reader, await reader.seeds(), seed, block)[index] as Uint8Array;
}
