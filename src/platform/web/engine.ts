/** onnxruntime-web, set up for a page or a worker: threads, where its files are, and what became of its graphics card. */
import type * as OnnxRuntime from 'onnxruntime-web';
import { RuntimeError } from '../../errors.ts';
import type { Backend } from '../../runtime/backend.ts';
import type { KeepingOutputs } from '../../runtime/onnxruntime/backend.ts';
import { backendOver } from './backend.ts';
import type { ModelDevice } from './model-device.ts';

/** An onnxruntime-web module, whichever entry it is. */
export type WebEngine = Pick<typeof OnnxRuntime, 'InferenceSession' | 'Tensor' | 'env'>;

export interface EngineSettings {
  readonly threads: number;
  /** The folder of the engine's .wasm file, or the file; where its script lies when left out. */
  readonly wasmPaths?: string | undefined;
}

/**
 * The backend over an engine's module. Both settings hold for the whole thread, once and for all: the engine starts with its
 * first session.
 * @param keeping how sessions leave outputs on the graphics card, where that is wanted.
 */
export function engineBackend(
  engine: WebEngine,
  file: string,
  { threads, wasmPaths }: EngineSettings,
  keeping?: KeepingOutputs,
): Backend {
  const { wasm } = engine.env;
  wasm.numThreads = threads;
  if (wasmPaths !== undefined)
    wasm.wasmPaths = { wasm: /\.wasm$/.test(wasmPaths) ? wasmPaths : inFolder(wasmPaths, file) };
  return backendOver(engine, keeping);
}

const inFolder = (folder: string, file: string): string => (folder.endsWith('/') ? folder : `${folder}/`) + file;

/** Whether a worker of this name is a thread that the engine started; these run the script of whoever started them. */
const isEngineThread = (name: string): boolean => /^em-pthread/.test(name);

/**
 * Whether this worker is one of the engine's own threads, which is kept alive then. While it waits for its first work, nothing but
 * promises of the engine refer to it: Firefox takes it for garbage and ends it, and the engine waits for ever. A worker that has a
 * timer is left alone.
 */
export function keepEngineThread({ name }: { readonly name: string }): boolean {
  if (!isEngineThread(name)) return false;
  setInterval(() => {}, 1000);
  return true;
}

/**
 * Threads that are sensible here: all of a small processor, half of what a larger one offers, since that counts each core
 * twice. One where a page may not share memory between threads.
 */
export function sensibleThreads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  const offered = navigator.hardwareConcurrency || 1;
  return offered <= 4 ? offered : Math.min(8, Math.ceil(offered / 2));
}

const ISOLATION_ADVICE =
  'The page is not cross-origin isolated, so WASM computes with one thread. Serve the page with the headers ' +
  '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp" to use all cores.';

let isAdvised = false;

/** Says once what a page can do that computes with one thread only because it may not share memory. */
export function adviseIsolation({ name, threads }: Pick<ModelDevice, 'name' | 'threads'>): void {
  if (isAdvised || name !== 'wasm' || threads !== 1 || globalThis.crossOriginIsolated) return;
  isAdvised = true;
  console.info(ISOLATION_ADVICE);
}

/**
 * Tells when the graphics card that the engine uses is lost. Called once an engine on WebGPU has a session.
 * @param advice what to do then.
 */
export async function onDeviceLost(
  engine: WebEngine,
  lost: (error: RuntimeError) => void,
  advice = 'Load the model again.',
): Promise<void> {
  const device = await (engine.env.webgpu as { readonly device?: Promise<GPUDeviceLike> | GPUDeviceLike } | undefined)
    ?.device;
  device?.lost.then(({ reason, message }) => {
    if (reason === 'destroyed') return;
    lost(
      new RuntimeError(
        `The graphics card was lost (${message || reason || 'no reason was given'}): its driver was reset, or other programs need it. ${advice}`,
      ),
    );
  });
}

/** The part of a GPUDevice that is looked at. */
interface GPUDeviceLike {
  readonly lost: Promise<{ readonly reason?: string; readonly message?: string }>;
}
