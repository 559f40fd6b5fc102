/** The native engine with its profiler on, for finding where the time of a graph goes. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RuntimeError } from '../../errors.ts';
import type { ProfiledBackend, ProfileEvent } from '../../measurement/machine.ts';
import { type OnnxRuntimeModule, onnxRuntimeBackend } from '../../runtime/onnxruntime/backend.ts';
import { nodeBackend } from './backend.ts';
import { defaultThreads } from './default-threads.ts';

type InferenceSession = Awaited<ReturnType<OnnxRuntimeModule['InferenceSession']['create']>>;

/** Gives `Machine` what it asks for. */
export async function profiledBackend(): Promise<ProfiledBackend> {
  const ort = await import('onnxruntime-node');
  const folder = await mkdtemp(join(tmpdir(), 'refinenet-profile-'));
  let created = 0;
  let last: InferenceSession | null = null;
  const create = async (bytes: Uint8Array, options: object): Promise<InferenceSession> => {
    last = await ort.InferenceSession.create(bytes, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: join(folder, String(++created)),
    });
    return last;
  };
  // Costs and traits as of the engine without a profiler, so that the same forms are chosen.
  const { devices, costs, deviceCosts = {}, blockedLayout } = await nodeBackend();
  return {
    backend: onnxRuntimeBackend({ Tensor: ort.Tensor, InferenceSession: { create } } as unknown as OnnxRuntimeModule, {
      name: 'the profiled engine',
      devices,
      costs,
      deviceCosts,
      memoryMapping: true,
      blockedLayout,
      defaultDevice: 'cpu',
      defaultThreads: defaultThreads(),
      // Where each operator ran stands in the profile itself.
      provider: (device) => Promise.resolve(device),
    }),
    async events() {
      if (!last) throw new RuntimeError('There is no session to profile. Create one, and ask for its profile once.');
      last.endProfiling();
      last = null;
      const file = (await readdir(folder)).find((name) => name.startsWith(`${created}_`)) as string;
      return JSON.parse(await readFile(join(folder, file), 'utf8')) as readonly ProfileEvent[];
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
