/** Loaded models of an onnxruntime module that leave their outputs on the device. */
import type * as OnnxRuntime from 'onnxruntime-common';
import { RuntimeError } from '../../errors.ts';
import type { DataType, Tensor } from '../../tensor/tensor.ts';
import type { Backend, Device, DeviceResults, DeviceSession, DeviceTensor } from '../backend.ts';
import type { KeepingOutputs } from './backend.ts';
import { fromEngine, type HeldTensor, OnnxRuntimeSession } from './session.ts';

/** The engine's names of how feature maps are arranged. */
const LAYOUTS = { 'channels-first': 'NCHW' } as const;

/** For a build of the engine whose sessions can leave outputs on these devices. */
export const keepingOutputsOn =
  (devices: readonly Device[]): KeepingOutputs =>
  (ort, load): Required<Pick<Backend, 'keepsOutputsOn' | 'createDeviceSession'>> => ({
    keepsOutputsOn: devices,
    async createDeviceSession(model, { keeps, layout, ...options }) {
      if (options.device === undefined || !devices.includes(options.device)) {
        throw new RuntimeError(`The engine keeps no outputs on the device "${options.device}".`);
      }
      const preferredOutputLocation = Object.fromEntries(keeps.map((name) => [name, 'gpu-buffer' as const]));
      const provider = { name: options.device, ...(layout && { preferredLayout: LAYOUTS[layout] }) };
      const loaded = await load(model, options, { preferredOutputLocation, executionProviders: [provider] });
      return new OnnxRuntimeDeviceSession(new OnnxRuntimeSession(ort, ...loaded));
    },
  });

class OnnxRuntimeDeviceSession implements DeviceSession {
  readonly #session: OnnxRuntimeSession;

  constructor(session: OnnxRuntimeSession) {
    this.#session = session;
  }

  get device(): Device {
    return this.#session.device;
  }

  get provider(): string {
    return this.#session.provider;
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  async run(feeds: Readonly<Record<string, Tensor | DeviceTensor>>): Promise<DeviceResults> {
    const results = Object.entries(await this.#session.runEngine(feeds, this.outputNames));
    const isKept = ([, { location }]: readonly [string, OnnxRuntime.Tensor]): boolean => location === 'gpu-buffer';
    return {
      read: Object.fromEntries(results.filter((one) => !isKept(one)).map(([name, value]) => [name, fromEngine(value)])),
      kept: Object.fromEntries(results.filter(isKept).map(([name, value]) => [name, new EngineTensor(value)])),
    };
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }
}

/** A tensor that the engine holds. Its numbers must not be asked for: the native build ends the process then. */
class EngineTensor implements HeldTensor {
  #held: OnnxRuntime.Tensor | undefined;
  readonly dtype: DataType;
  readonly shape: readonly number[];

  constructor(held: OnnxRuntime.Tensor) {
    this.#held = held;
    this.dtype = held.type as DataType;
    this.shape = held.dims;
  }

  get held(): OnnxRuntime.Tensor {
    if (!this.#held) throw new RuntimeError('A tensor on the device was disposed, and cannot be fed any more.');
    return this.#held;
  }

  dispose(): void {
    this.#held?.dispose();
    this.#held = undefined;
  }
}
