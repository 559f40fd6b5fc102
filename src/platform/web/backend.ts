/** onnxruntime-web as the engine: WASM everywhere, WebGPU where the browser has it. The page passes the module in. */
import { RuntimeError } from '../../errors.ts';
import { WASM } from '../../graph/rewrite/known-costs.ts';
import { oneAtATime, type Turn } from '../../one-at-a-time.ts';
import type { Backend, Device } from '../../runtime/backend.ts';
import { type KeepingOutputs, type OnnxRuntimeModule, onnxRuntimeBackend } from '../../runtime/onnxruntime/backend.ts';

const PROVIDERS: Partial<Record<Device, string>> = { wasm: 'WasmExecutionProvider', webgpu: 'WebGpuExecutionProvider' };

/**
 * A backend over the onnxruntime-web module that the page imported (`onnxruntime-web`, `/webgpu` or `/wasm`).
 * Nothing is fetched from elsewhere: where the page serves the engine's .wasm files, it says in `ort.env.wasm.wasmPaths`.
 */
export function webBackend(ort: OnnxRuntimeModule): Backend {
  return backendOver(ort);
}

/**
 * By the engine's own class, of which there is one however its module is imported. On WebGPU the engine waits in the midst of its
 * code, and sessions that are made or run meanwhile never come back. On WASM nothing else goes on meanwhile anyway.
 */
const TURNS = new WeakMap<OnnxRuntimeModule['InferenceSession'], Turn>();

/** @param keeping how sessions leave outputs on the graphics card, for what makes use of it. */
export function backendOver(ort: OnnxRuntimeModule, keeping?: KeepingOutputs): Backend {
  const { InferenceSession: engine } = ort;
  const turn = TURNS.get(engine) ?? oneAtATime();
  TURNS.set(engine, turn);
  const { gpu } = (globalThis.navigator ?? {}) as { gpu?: { requestAdapter(): Promise<unknown> } };
  return onnxRuntimeBackend(ort, {
    name: 'onnxruntime-web',
    costs: WASM,
    devices: gpu ? ['wasm', 'webgpu'] : ['wasm'],
    memoryMapping: false,
    blockedLayout: false,
    defaultDevice: 'wasm',
    ...(gpu && keeping && { keeping }),
    turn,
    async provider(device) {
      if (device === 'webgpu' && !(await gpu?.requestAdapter())) {
        throw new RuntimeError('The device "webgpu" does not work here: the browser offers no adapter. Use "wasm".');
      }
      return PROVIDERS[device] as string;
    },
  });
}
