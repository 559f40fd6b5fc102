/** A contestant's process on onnxruntime: contestant-worker.ts JSON, an Assignment. It answers each line on stdin with one on stdout. */
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { profile } from '../src/measurement/measure.ts';
import { inferenceRunner, type Runner, type TrainingRunner, trainingRunner } from '../src/measurement/runner.ts';
import { drawnPixels } from '../src/measurement/drawn-weights.ts';
import { messageOf } from '../src/errors.ts';
import { LOGITS, PIXEL_VALUES } from '../src/models/pixel-values.ts';
import type { Model } from '../src/models/model.ts';
import { nodeBackend, wasmBackend } from '../src/platform/node/backend.ts';
import { loadWeights, readModelFolder } from '../src/platform/node/model-folder.ts';
import { memoryGauge } from '../src/platform/node/memory-gauge.ts';
import { profiledBackend } from '../src/platform/node/profiled-backend.ts';
import { bytesOf } from '../src/tensor/tensor.ts';
import type { Answer, Assignment, BenchDevice, Request } from './assignment.ts';

interface Checked extends Runner {
  /** What must agree between contestants, in order. */
  check(): Promise<readonly Uint8Array[]>;
}

const assignment = JSON.parse(process.argv[2] ?? '') as Assignment;

async function ours({ task, threads, device, model: folder, ...load }: Assignment): Promise<Checked> {
  const isWasm = task === 'wasm';
  const backend = isWasm ? await wasmBackend(threads) : await nodeBackend();
  const model = await readModelFolder(folder);
  const weights = isWasm ? await loadWeights(model) : model.weights;
  const options = { device: isWasm ? 'wasm' : device, threads, optimization: 'speed' } as const;
  const runner = await inferenceRunner({ ...model, weights }, load, backend, options);
  return { ...runner, check: async () => [bytesOf(await runner.logits())] };
}

/** The file as anyone would run it: none of our code is in between. */
async function stock({ task, threads, device, plain, width, height, batch }: Assignment): Promise<Checked> {
  const { data, shape } = drawnPixels(batch, height, width);
  const session = task === 'wasm' ? await stockWasm(plain, threads) : await stockNative(plain, threads, device);
  const run = () => session(data, shape);
  return {
    run: async () => {
      await run();
    },
    check: async () => {
      const logits = await run();
      return [new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength)];
    },
    dispose: async () => {},
  };
}

type PlainSession = (pixels: Float32Array, shape: readonly number[]) => Promise<Float32Array>;

async function stockNative(file: string, threads: number, device: BenchDevice): Promise<PlainSession> {
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(file, {
    executionProviders: [device],
    intraOpNumThreads: threads,
  });
  return async (pixels, shape) => {
    const results = await session.run({ [PIXEL_VALUES]: new ort.Tensor('float32', pixels, shape) });
    return results[LOGITS]?.data as Float32Array;
  };
}

async function stockWasm(file: string, threads: number): Promise<PlainSession> {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(new Uint8Array(await readFile(file)));
  return async (pixels, shape) => {
    const results = await session.run({ [PIXEL_VALUES]: new ort.Tensor('float32', pixels, shape) });
    return results[LOGITS]?.data as Float32Array;
  };
}

/** Nobody else trains on onnxruntime with its stock packages, so that `stock` is our step's plain graph. */
async function training({ contestant, threads, device, model: folder, ...load }: Assignment): Promise<Checked> {
  const backend = await nodeBackend();
  const model = await readModelFolder(folder);
  const subject = { definition: model.definition, weights: await loadWeights(model) };
  const options = { device, threads, optimization: contestant === 'stock' ? 'none' : 'speed' } as const;
  const { decoder } = model.definition;
  const withoutDropout = {
    ...subject,
    definition: { ...model.definition, decoder: { ...decoder, dropout: { features: 0, classifier: 0 } } },
  };
  const bytes = await firstStep(await trainingRunner(withoutDropout, load, backend, options));
  memoryGauge.collectGarbage();
  memoryGauge.restartPeak();
  const runner = await trainingRunner(subject, load, backend, options);
  return { ...runner, check: async () => bytes.splice(0) };
}

/** The loss and the gradients of one step; nothing refers to its state any more after it. */
async function firstStep(runner: TrainingRunner): Promise<Uint8Array[]> {
  const loss = await runner.step();
  const { optimizer } = await runner.state();
  const names = [...optimizer.keys()].sort();
  const results = [new Float32Array([loss]), ...names.map((name) => optimizer.get(name)?.data as Float32Array)];
  const bytes = results.map((values) =>
    Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
  await runner.dispose();
  return bytes;
}

/** Where the time of our own form goes. */
async function operators({ task, threads, device, model: folder, ...load }: Assignment): Promise<Answer['operators']> {
  const model: Model = await readModelFolder(folder);
  const options = { device, threads, optimization: 'speed' } as const;
  return profile(model, load, options, task === 'training', { loadWeights, profiledBackend });
}

async function answer(runner: Checked, request: Request): Promise<Answer> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  if (request.do === 'profile') {
    await runner.dispose();
    const found = await operators(assignment);
    return { seconds: elapsed(), ...(found && { operators: found }) };
  }
  if (request.do === 'check') await writeFile(request.output, await runner.check());
  else await runner.run();
  return { seconds: elapsed(), peak: memoryGauge.peak() };
}

const say = (line: Answer): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const began = performance.now();
  const load = assignment.task === 'training' ? training : assignment.contestant === 'ours' ? ours : stock;
  const runner = await load(assignment);
  say({ seconds: (performance.now() - began) / 1000 });
  for await (const line of createInterface(process.stdin)) say(await answer(runner, JSON.parse(line) as Request));
} catch (error) {
  say({ seconds: Number.NaN, error: messageOf(error) });
}
// Worker threads of the WASM build would keep the process.
process.exit();
