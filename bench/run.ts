/**
 * Measures ours, stock onnxruntime and PyTorch in turn: `npx tsx bench/run.ts --help`. Writes results.json, results.md and
 * results.svg after every case, so that it may be interrupted.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { drawnWeights } from '../src/measurement/drawn-weights.ts';
import { messageOf, UsageError } from '../src/errors.ts';
import { IMAGENET_PREPROCESSING } from '../src/image/preprocess.ts';
import { numberedClasses } from '../src/labels/classes-named.ts';
import { architecture } from '../src/models/architectures.ts';
import { exportOnnx } from '../src/models/export-onnx.ts';
import { nodeBackend, wasmBackend } from '../src/platform/node/backend.ts';
import { writeModelFolder } from '../src/platform/node/write-model-folder.ts';
import { type Case, CONTESTANTS, caseTitle } from './assignment.ts';
import { CLASSES, fitsInMemory, selectCases } from './cases.ts';
import { chart } from './chart.ts';
import { type Files, measureCase } from './measure-case.ts';
import { type BenchOptions, parseOptions } from './options.ts';
import { report } from './report.ts';
import { type CaseResult, fastestOf, isSameCase, type Machine, type Results, timesOf } from './results.ts';

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

async function main(options: BenchOptions): Promise<void> {
  const machine = await describeMachine(options.python);
  let results: Results = {
    machine,
    device: options.device,
    threads: options.threads,
    cases: await earlierCases(options, machine),
  };
  const cases = selectCases({ ...options, tasks: options.only });
  const profiled = new Set<string>();
  await mkdir(options.output, { recursive: true });
  await withFolder(async (folder) => {
    const prepared = new Map<string, Promise<Files>>();
    for (const [index, each] of cases.entries()) {
      say(`${index + 1}/${cases.length} ${caseTitle(each)}`);
      if (!fitsInMemory(each, options.contestants.length, totalmem())) {
        say('  left out: the contestants would not fit in memory together');
        continue;
      }
      const files = prepared.get(each.network) ?? prepare(each.network, folder);
      prepared.set(each.network, files);
      const kind = `${each.task} ${each.network}`;
      const result = await measureCase(each, await files, {
        ...options,
        profile: !profiled.has(kind) && isTypical(each, cases),
      });
      if (result.operators) profiled.add(kind);
      say(`  ${summary(result)}`);
      results = { ...results, cases: withCase(results.cases, result) };
      await write(results, options.output);
    }
  });
}

/** The same case measured before is replaced where it stands. */
function withCase(cases: readonly CaseResult[], result: CaseResult): readonly CaseResult[] {
  const index = cases.findIndex((old) => isSameCase(old, result));
  return index < 0 ? [...cases, result] : cases.with(index, result);
}

/** One case of each network and task is profiled: that of 512 x 512 where there is one, else the first. */
function isTypical(each: Case, cases: readonly Case[]): boolean {
  const is512 = ({ width, height }: Case): boolean => width === 512 && height === 512;
  const own = cases.filter(({ task, network }) => task === each.task && network === each.network);
  return is512(each) || !own.some(is512);
}

async function prepare(network: string, folder: string): Promise<Files> {
  const definition = architecture(network, CLASSES);
  const description = { definition, classes: numberedClasses(CLASSES), preprocessing: IMAGENET_PREPROCESSING };
  const weights = await drawnWeights(definition, await nodeBackend());
  const files = { model: join(folder, network), plain: join(folder, `${network}.onnx`), folder };
  const origin = 'Drawn at random for measuring.';
  await writeModelFolder(files.model, { ...description, weights }, { title: network, architecture: network, origin });
  await writeFile(files.plain, exportOnnx(description, weights));
  return files;
}

async function withFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'refinenet-bench-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  process.once('SIGINT', () => void remove().finally(() => process.exit(130)));
  try {
    await action(folder);
  } finally {
    await remove();
  }
}

async function describeMachine(python: string): Promise<Machine> {
  const engines = [await nodeBackend(), await wasmBackend()].map(({ name }) => name);
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    system: `${type()} ${release().split('.').slice(0, 2).join('.')}`,
    software: [`Node ${process.versions.node}`, ...engines, ...pythonVersions(python)],
  };
}

function pythonVersions(python: string): readonly string[] {
  const script =
    'import platform, torch; print("PyTorch " + torch.__version__ + ", Python " + platform.python_version())';
  try {
    return execFileSync(python, ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .trim()
      .split(', ');
  } catch {
    return [];
  }
}

async function earlierCases(
  { append, output, threads, device }: BenchOptions,
  machine: Machine,
): Promise<readonly CaseResult[]> {
  if (!append) return [];
  const file = join(output, 'results.json');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return [];
  const earlier = JSON.parse(text) as Results;
  if (
    JSON.stringify([earlier.machine, earlier.threads, earlier.device ?? 'cpu']) !==
    JSON.stringify([machine, threads, device])
  ) {
    throw new UsageError(
      `${file} was measured on another machine or device, with other software or other threads. Give another --output, or leave --append out.`,
    );
  }
  return earlier.cases;
}

async function write(results: Results, folder: string): Promise<void> {
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(folder, 'results.md'), report(results));
  await writeFile(join(folder, 'results.svg'), chart(results));
}

function summary(result: CaseResult): string {
  return CONTESTANTS.flatMap((name) => {
    const timed = timesOf(result, name);
    return timed ? [`${name} ${fastestOf(timed).toFixed(3)} s`] : [];
  }).join(', ');
}

try {
  await main(parseOptions(process.argv.slice(2)));
  // Worker threads of the WASM build would keep the process.
  process.exit();
} catch (error) {
  say(`Error: ${messageOf(error)}`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
