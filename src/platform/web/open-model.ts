/** Opening a model where it is to compute: in a worker on the graphics card or the CPU, or in the page. */
import { messageOf, RuntimeError } from '../../errors.ts';
import { type ChosenDevice, chosenDevice } from './chosen-device.ts';
import { sensibleThreads } from './engine.ts';
import type { HostedModelFacts, HostedModelRequest, HostedResult } from './hosted-model.ts';
import type { ModelDevice } from './model-device.ts';
import type { OpenedModel, OpenOptions, WorkerFactory } from './opened-model.ts';
import { WorkerClient } from './worker/client.ts';

type Request = Omit<HostedModelRequest, 'device' | 'checksDevice'>;

/** @throws as `loadModel` */
export async function openModel(request: Request, options: OpenOptions): Promise<OpenedModel> {
  const choice = await chosenDevice(options.device);
  try {
    return await openOn(choice, request, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!choice.isTried || !(error instanceof RuntimeError)) throw error;
    const reason = `WebGPU was tried and given up: ${messageOf(error)}`;
    return openOn({ name: 'wasm', reason, isTried: false }, request, options);
  }
}

async function openOn(choice: ChosenDevice, request: Request, options: OpenOptions): Promise<OpenedModel> {
  const { name, reason } = choice;
  const full = { ...request, device: name, checksDevice: choice.isTried };
  const threads = name === 'wasm' ? request.engine.threads : 1;
  const device: ModelDevice = { name, threads, reason: withThreads(reason, name, request) };
  if (options.worker !== false) {
    return openInWorker(full, device, options, options.worker === true ? startWorker : options.worker);
  }
  // Only pages that compute in their own thread load what computes.
  const { openInPage } = await import('./open-in-page.ts');
  return openInPage(full, device, options);
}

function withThreads(reason: string, name: ModelDevice['name'], { engine }: Request): string {
  const isLimited =
    name === 'wasm' && engine.threads === 1 && sensibleThreads() === 1 && !globalThis.crossOriginIsolated;
  return isLimited ? `${reason} It has one thread because the page is not cross-origin isolated.` : reason;
}

/** Whether the browser's WASM can wait for promises by itself. */
const hasPromiseIntegration = (): boolean => 'Suspending' in WebAssembly;

/** Bundlers find a worker's script by these very words. */
const startWorker: WorkerFactory = (script) => {
  switch (script) {
    case 'wasm-worker.js':
      return new Worker(new URL('./wasm-worker.js', import.meta.url), { type: 'module', name: 'refinenet' });
    case 'webgpu-worker.js':
      return new Worker(new URL('./webgpu-worker.js', import.meta.url), { type: 'module', name: 'refinenet' });
    case 'jspi-worker.js':
      return new Worker(new URL('./jspi-worker.js', import.meta.url), { type: 'module', name: 'refinenet' });
  }
};

async function openInWorker(
  request: HostedModelRequest,
  device: ModelDevice,
  { signal, onProgress }: OpenOptions,
  start: WorkerFactory,
): Promise<OpenedModel> {
  const script =
    request.device === 'wasm' ? 'wasm-worker.js' : hasPromiseIntegration() ? 'jspi-worker.js' : 'webgpu-worker.js';
  let worker: Worker;
  try {
    worker = start(script);
  } catch (error) {
    throw new RuntimeError(
      `The model's worker could not be started (${messageOf(error)}). Load the model with { worker: false } to compute in the page.`,
      { cause: error },
    );
  }
  let onLost = (_: Error): void => {};
  const lost = new Promise<Error>((resolve) => {
    onLost = resolve;
  });
  const client = new WorkerClient(worker, onLost);
  try {
    const facts = (await client.ask('load', request, { signal, onDownload: onProgress })) as HostedModelFacts;
    return {
      facts,
      device,
      lost,
      segment: async ({ image, transfer }, { signal, onProgress }) =>
        (await client.ask('segment', image, { signal, transfer, onRun: onProgress })) as HostedResult,
      look: (call, request, watch = {}) => client.ask(call, request, watch) as Promise<never>,
      dispose: async () => {
        // What cannot be freed goes with the worker.
        await client.ask('dispose', null).catch(() => {});
        client.end(new RuntimeError('The model was disposed of. Load it again to segment more images.'));
      },
      end: (error) => client.end(error),
    };
  } catch (error) {
    client.end(error as Error);
    throw error;
  }
}
