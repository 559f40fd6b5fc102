/** One case: starts the contestants, compares their outputs, and runs them in turn. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { workOf } from '../src/measurement/measure.ts';
import { measurePeak } from '../src/measurement/matrix-peak.ts';
import { drawnLabels, drawnPixels } from '../src/measurement/drawn-weights.ts';
import { messageOf } from '../src/errors.ts';
import { architecture } from '../src/models/architectures.ts';
import { nodeBackend, wasmBackend } from '../src/platform/node/backend.ts';
import { bytesOf } from '../src/tensor/tensor.ts';
import type { Answer, Assignment, BenchDevice, Case, ContestantName, Request } from './assignment.ts';
import { CLASSES } from './cases.ts';
import { type Differences, differencesOf, problemWith } from './differences.ts';
import { type Contestant, startContestant } from './contestant.ts';
import type { CaseResult, Failed, Timed } from './results.ts';

export interface MeasureOptions {
  readonly contestants: readonly ContestantName[];
  readonly rounds: number;
  /** After these there are no further rounds, beside the least number. */
  readonly seconds: number;
  readonly device: BenchDevice;
  readonly threads: number;
  readonly python: string;
  /** Whether operators are profiled too. */
  readonly profile: boolean;
}

/** A network's files, and a folder for others. */
export interface Files {
  readonly model: string;
  readonly plain: string;
  readonly folder: string;
}

const LEAST_ROUNDS = 3;

/** Milliseconds between turns, until the threads of the one before have gone to sleep. */
const PAUSE = 150;

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** The contestants of a case; who fails is out, with the reason. */
class Field {
  readonly failed: Partial<Record<ContestantName, Failed>> = {};
  readonly #running = new Map<ContestantName, Contestant>();

  get names(): readonly ContestantName[] {
    return [...this.#running.keys()];
  }

  async start(assignment: Assignment, python: string): Promise<void> {
    const name = assignment.contestant;
    try {
      this.#running.set(name, await startContestant(assignment, python));
    } catch (error) {
      this.#fail(name, messageOf(error));
    }
  }

  loadSeconds(name: ContestantName): number {
    return this.#running.get(name)?.loaded.seconds ?? Number.NaN;
  }

  /** Undefined if it fails now or did before. */
  async ask(name: ContestantName, request: Request): Promise<Answer | undefined> {
    try {
      return await this.#running.get(name)?.ask(request);
    } catch (error) {
      await this.exclude(name, messageOf(error));
      return undefined;
    }
  }

  async exclude(name: ContestantName, reason: string): Promise<void> {
    const contestant = this.#running.get(name);
    this.#running.delete(name);
    this.#fail(name, reason);
    await contestant?.end();
  }

  async end(): Promise<void> {
    await Promise.all([...this.#running.values()].map((contestant) => contestant.end()));
  }

  #fail(name: ContestantName, reason: string): void {
    this.failed[name] = { failed: reason };
    say(`  ${name} is out: ${reason}`);
  }
}

export async function measureCase(each: Case, files: Files, options: MeasureOptions): Promise<CaseResult> {
  const { threads, device } = options;
  const isWasm = each.task === 'wasm';
  const backend = isWasm ? await wasmBackend(threads) : await nodeBackend();
  const peak = await measurePeak(backend, { device: isWasm ? 'wasm' : device, threads });
  const inputs = await writeInputs(each, files.folder);
  const field = new Field();
  try {
    for (const contestant of options.contestants) {
      if (!takesPart(contestant, each, device)) continue;
      await field.start(
        { ...each, ...files, ...inputs, contestant, classes: CLASSES, device, threads },
        options.python,
      );
    }
    const { reference, differences } = await compare(field, each, files.folder);
    const turns = await takeTurns(field, options);
    const timed = field.names.map((name): [ContestantName, Timed] => [
      name,
      {
        ...(turns.get(name) ?? { seconds: [], peak: Number.NaN }),
        load: field.loadSeconds(name),
        differences: differences.get(name) ?? {},
      },
    ]);
    const operators =
      options.profile && !isWasm && device === 'cpu'
        ? (await field.ask('ours', { do: 'profile' }))?.operators
        : undefined;
    const definition = architecture(each.network, CLASSES);
    return {
      ...each,
      date: new Date().toISOString(),
      reference,
      contestants: { ...field.failed, ...Object.fromEntries(timed) },
      operations: workOf({ definition, weights: new Map() }, each, each.task === 'training'),
      peakOperations: 1e9 * peak,
      ...(operators && { operators }),
    };
  } finally {
    await field.end();
  }
}

/** PyTorch has no WASM build, and on a device our step has one form. */
const takesPart = (contestant: ContestantName, { task }: Case, device: BenchDevice): boolean =>
  task === 'wasm' ? contestant !== 'pytorch' : task !== 'training' || device === 'cpu' || contestant !== 'stock';

async function writeInputs(
  { batch, height, width }: Case,
  folder: string,
): Promise<Pick<Assignment, 'pixels' | 'labels'>> {
  const [pixels, labels] = [join(folder, 'pixels.raw'), join(folder, 'labels.raw')];
  await writeFile(pixels, bytesOf(drawnPixels(batch, height, width)));
  await writeFile(labels, bytesOf(drawnLabels(batch, height, width, CLASSES)));
  return { pixels, labels };
}

/** Whose output counts as right: the first of these that is there. */
const REFERENCES: readonly ContestantName[] = ['stock', 'pytorch', 'ours'];

/** Runs each once, and excludes those whose output is not the reference's. */
async function compare(
  field: Field,
  { task }: Case,
  folder: string,
): Promise<{ reference: ContestantName | null; differences: ReadonlyMap<ContestantName, Differences> }> {
  const found = new Map<ContestantName, Differences>();
  let reference: { readonly name: ContestantName; readonly values: Float32Array } | null = null;
  for (const name of REFERENCES.filter((each) => field.names.includes(each))) {
    const output = join(folder, `${name}.raw`);
    if (!(await field.ask(name, { do: 'check', output }))) continue;
    const bytes = await readFile(output);
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    reference ??= { name, values };
    const differences = differencesOf(task, values, reference.values);
    found.set(name, differences);
    const problem = problemWith(differences);
    if (problem) await field.exclude(name, `compared with ${reference.name}, ${problem}`);
  }
  return { reference: reference?.name ?? null, differences: found };
}

interface Turns {
  readonly seconds: number[];
  readonly peak: number;
}

/** A round of which nothing is kept, then those that count. */
async function takeTurns(
  field: Field,
  { rounds, seconds }: Pick<MeasureOptions, 'rounds' | 'seconds'>,
): Promise<ReadonlyMap<ContestantName, Turns>> {
  const turns = new Map<ContestantName, Turns>();
  const began = performance.now();
  for (let round = 0; round <= rounds; round++) {
    if (round > LEAST_ROUNDS && performance.now() - began > 1000 * seconds) break;
    for (const name of field.names) {
      await sleep(PAUSE);
      const answer = await field.ask(name, { do: 'run' });
      if (!answer || round === 0) continue;
      const before = turns.get(name)?.seconds ?? [];
      turns.set(name, { seconds: [...before, answer.seconds], peak: answer.peak ?? Number.NaN });
    }
  }
  return turns;
}
