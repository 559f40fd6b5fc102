/** The engines in Node: onnxruntime-node, and the WASM build where that is not installed. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, RuntimeError } from '../../errors.ts';
import { conv } from '../../graph/ops/conv.ts';
import { WASM } from '../../graph/rewrite/known-costs.ts';
import { toOnnx } from '../../graph/to-onnx.ts';
import { constant, input } from '../../graph/value.ts';
import { encodeModel } from '../../onnx/encode.ts';
import { type Backend, DEVICES, type Device } from '../../runtime/backend.ts';
import { keepingOutputsOn } from '../../runtime/onnxruntime/device.ts';
import { onnxRuntimeBackend } from '../../runtime/onnxruntime/backend.ts';
import { float32 } from '../../tensor/tensor.ts';
import { readDeviceCosts, readMachineCosts } from './cached-costs.ts';
import { defaultThreads } from './default-threads.ts';
import { importNative, type OnnxRuntimeNode } from './native-engine.ts';

/** Measured on one core with the shipped models' network: 1.1 s of computing for 0.48. */
const SLOWER_ENGINE = 'Its WASM build computes instead: on one core, and there less than half as fast.';

/**
 * The engine that has a device: the native one, or the WASM build for `wasm`. Where the native one is not installed and no
 * device but the CPU is asked for, the WASM build takes its place.
 * @param onFallback is told when that happens, in one line that says what to do.
 * @throws RuntimeError if no engine is installed; the message says how to install one.
 */
export async function backendFor(device?: Device, onFallback: (message: string) => void = () => {}): Promise<Backend> {
  if (device === 'wasm') return wasmBackend();
  try {
    return await nodeBackend();
  } catch (error) {
    const wasm = device === undefined || device === 'cpu' ? await wasmBackend().catch(() => null) : null;
    if (!wasm) throw error;
    onFallback(`${messageOf(error)} ${SLOWER_ENGINE}`);
    return { ...wasm, createSession: (model, options) => wasm.createSession(model, { ...options, device: 'wasm' }) };
  }
}

/**
 * The native engine.
 * @throws RuntimeError if onnxruntime-node is not installed; the message says how to install it.
 */
export async function nodeBackend(): Promise<Backend> {
  const ort = await importNative();
  const probed = new Map<Device, Promise<string>>();
  const bundled = ort.listSupportedBackends().map(({ name }) => name);
  const name = `onnxruntime-node ${packageVersion('onnxruntime-node')}`;
  return onnxRuntimeBackend(ort, {
    name,
    costs: readMachineCosts(name),
    deviceCosts: readDeviceCosts(name),
    devices: DEVICES.filter((device) => bundled.includes(device)),
    memoryMapping: true,
    // On other processors its arrangement was not measured; most builds for them have none.
    blockedLayout: process.arch === 'x64',
    defaultDevice: 'cpu',
    defaultThreads: defaultThreads(),
    keeping: keepingOutputsOn(['webgpu']),
    provider(device) {
      if (device === 'cpu') return Promise.resolve('CPUExecutionProvider');
      const provider = probed.get(device) ?? probeProvider(ort, device);
      probed.set(device, provider);
      return provider;
    },
  });
}

/**
 * The WASM build of onnxruntime inside Node: slower, but without native code. It starts its threads with the first session of
 * the process, and keeps them for all others.
 * @param threads of sessions that name no number. 1 computes in the thread that asks; on two busy cores two took 1.2 to 1.7
 * times as long.
 */
export async function wasmBackend(threads = 1): Promise<Backend> {
  const ort = await import('onnxruntime-web').catch((error: unknown) => {
    throw new RuntimeError(
      `onnxruntime-web cannot be loaded (${messageOf(error)}). Install it: npm install onnxruntime-web.`,
    );
  });
  const name = `onnxruntime-web ${packageVersion('onnxruntime-web')}`;
  const backend = onnxRuntimeBackend(ort, {
    name,
    costs: readMachineCosts(name) ?? WASM,
    devices: ['wasm'],
    memoryMapping: false,
    blockedLayout: false,
    defaultDevice: 'wasm',
    provider: () => Promise.resolve('WasmExecutionProvider'),
  });
  return {
    ...backend,
    createSession(model, options = {}) {
      // Unlike the native engine, it does not look at the number of a session.
      ort.env.wasm.numThreads = options.threads ?? threads;
      return backend.createSession(model, options);
    },
  };
}

/**
 * Asks a device to compute one convolution and reads in the engine's own profile which provider did.
 * onnxruntime may place operators elsewhere without a word; this is how we know.
 */
async function probeProvider(ort: OnnxRuntimeNode, device: Device): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'refinenet-probe-'));
  try {
    const x = input('x', 'float32', [1, 4, 8, 8]);
    const y = conv(x, constant(float32([4, 4, 3, 3], new Float32Array(144).fill(0.1))), null);
    const session = await ort.InferenceSession.create(encodeModel(toOnnx({ y }, new Map(), { storage: 'inline' })), {
      executionProviders: [device],
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
      logSeverityLevel: 4,
    });
    await session.run({ x: new ort.Tensor('float32', new Float32Array(256), [1, 4, 8, 8]) });
    session.endProfiling();
    await session.release();
    return await providerOfConvolution(folder);
  } catch (error) {
    throw new RuntimeError(
      `The device "${device}" does not work on this machine: ${reasonOf(messageOf(error))}. Use the device cpu, or install the driver.`,
      { cause: error },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function providerOfConvolution(folder: string): Promise<string> {
  const [file] = await readdir(folder);
  const events = JSON.parse(await readFile(join(folder, file as string), 'utf8')) as {
    args?: { op_name?: string; provider?: string };
  }[];
  const provider = events.find(({ args }) => args?.op_name?.includes('Conv') && args.provider)?.args?.provider;
  if (!provider) throw new RuntimeError('its profile names no provider.');
  return provider;
}

/** The engine's first line without the place in its own source that begins it. */
export function reasonOf(message: string): string {
  const [line] = message.split('\n') as [string];
  return line.replace(/^.* was (true|false)\. /, '').replace(/[.\s]+$/, '');
}

function packageVersion(name: string): string {
  const require = createRequire(import.meta.url);
  let folder = dirname(require.resolve(name));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version: string;
      };
      if (manifest.name === name) return manifest.version;
    } catch {
      // Not the package's own folder yet.
    }
    if (folder === dirname(folder)) return '';
    folder = dirname(folder);
  }
}
