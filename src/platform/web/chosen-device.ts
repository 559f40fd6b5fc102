/** What computes in this browser: as was asked for, or the best that it has. */
import { RuntimeError } from '../../errors.ts';
import type { ModelDevice, WebDevice } from './model-device.ts';

/** What is to compute, and why it is this, if it works. */
export interface ChosenDevice {
  readonly name: ModelDevice['name'];
  readonly reason: string;
  /** Whether it is given up for WASM if it does not work. */
  readonly isTried: boolean;
}

/**
 * What `auto` and the devices stand for in this browser.
 * @throws RuntimeError if WebGPU is asked for and the browser has none.
 */
export async function chosenDevice(device: WebDevice): Promise<ChosenDevice> {
  if (device === 'wasm') return { name: 'wasm', reason: 'WASM was asked for.', isTried: false };
  const found = await findAdapter();
  if (device === 'webgpu') {
    if (found !== 'hardware' && found !== 'software') {
      throw new RuntimeError(`The device "webgpu" does not work here: ${found} Use "wasm" or "auto".`);
    }
    return { name: 'webgpu', reason: 'WebGPU was asked for.', isTried: false };
  }
  if (found === 'hardware') {
    return {
      name: 'webgpu',
      reason: 'The browser has a graphics card, and its results agree with WASM.',
      isTried: true,
    };
  }
  const reason = found === 'software' ? 'The browser has WebGPU in software only, which is slower than WASM.' : found;
  return { name: 'wasm', reason, isTried: false };
}

interface AdapterLike {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string; readonly vendor?: string };
}

/** What kind of WebGPU the browser has, or a sentence why there is none. */
async function findAdapter(): Promise<'hardware' | 'software' | string> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<AdapterLike | null> } };
  if (!gpu) {
    return globalThis.isSecureContext === false
      ? 'Browsers offer WebGPU to secure pages only (https or localhost).'
      : 'The browser has no WebGPU.';
  }
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (!adapter) return 'The browser offers no graphics card (adapter).';
  const isSoftware =
    adapter.isFallbackAdapter ||
    adapter.info?.isFallbackAdapter ||
    /swiftshader/i.test(adapter.info?.architecture ?? '');
  return isSoftware ? 'software' : 'hardware';
}
