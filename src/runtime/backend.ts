/** The seam to an inference engine: what the rest of the library asks of onnxruntime, whichever build it is. */
import type { DataType, Tensor } from '../tensor/tensor.ts';
import type { WeightsSource } from '../tensor/weights.ts';
import type { MachineCosts } from './machine-costs.ts';

/** Where a session computes. `wasm` is the browser's CPU. */
export const DEVICES = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml', 'wasm'] as const;

/** One of `DEVICES`, named as onnxruntime names the execution provider. */
export type Device = (typeof DEVICES)[number];

/** Costs by the device that they were measured on. */
export type CostsByDevice = { readonly [Name in Device]?: MachineCosts };

/** An ONNX model with its weights beside it. */
export interface ExecutableModel {
  readonly bytes: Uint8Array;
  /** The tensors that the model's external initializers name; those with `stored` are found in `folder`. */
  readonly weights: WeightsSource;
  readonly folder?: string;
  /** Inputs that get the same tensors at every run, by their names. What depends on them is not computed ahead, at loading. */
  readonly fed?: NamedTensors;
}

/** `runs`: the engine rewrites the graph for speed. `loading`: it takes the graph as it is; short graphs load faster. */
export type Preparation = 'runs' | 'loading';

/** Where a model runs, and with how many threads. */
export interface SessionOptions {
  /** The backend's usual device when left out. */
  readonly device?: Device;
  /** Threads within one operator; when left out one a core in Node on Linux, else the engine's choice. */
  readonly threads?: number;
  /** What the engine prepares a graph for at loading; `runs` when left out. */
  readonly preparation?: Preparation;
}

const SESSION_OPTIONS = {
  device: true,
  threads: true,
  preparation: true,
} as const satisfies Record<keyof SessionOptions, true>;

/** These options and nothing else that an object carries, as the options of a segmenter do. */
export function sessionOptions(options: SessionOptions): SessionOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(SESSION_OPTIONS, name)));
}

/** Tensors by the graph's input or output names. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** A loaded model. Runs may overlap; each has its own results. */
export interface Session {
  /** The device that was asked for. */
  readonly device: Device;
  /** The execution provider that computes, as the engine names it, for example `WebGpuExecutionProvider`. */
  readonly provider: string;
  /** What a run must be given. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once.
   * @param outputs the outputs wanted; all when left out.
   * @throws RuntimeError if an input is missing or unfit, the engine fails, or the session was disposed.
   */
  run(feeds: NamedTensors, outputs?: readonly string[]): Promise<NamedTensors>;
  /** Frees the engine's memory; calling it again does nothing. */
  dispose(): Promise<void>;
}

/** A tensor that lies where a session computed it. Whoever got it disposes of it. */
export interface DeviceTensor {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** Frees the device's memory; calling it again does nothing. */
  dispose(): void;
}

/** Tensors on a device by the names of the graph's outputs. */
export type DeviceTensors = Readonly<Record<string, DeviceTensor>>;

/** What a run on a device gave. */
export interface DeviceResults {
  /** The outputs that were read back. */
  readonly read: NamedTensors;
  /** Those that lie on the device still: every session there can be fed with them. */
  readonly kept: DeviceTensors;
}

/** A loaded model that leaves outputs where they were computed. */
export interface DeviceSession extends Pick<Session, 'device' | 'provider' | 'inputNames' | 'outputNames' | 'dispose'> {
  /**
   * Runs the graph once.
   * @throws RuntimeError if an input is missing or unfit, the engine fails, or the session was disposed.
   */
  run(feeds: Readonly<Record<string, Tensor | DeviceTensor>>): Promise<DeviceResults>;
}

/** How a model is loaded whose outputs may stay on the device. */
export interface DeviceSessionOptions extends SessionOptions {
  /** The outputs that stay on the device; all others are read back. */
  readonly keeps: readonly string[];
  /**
   * How the device arranges feature maps; the engine's choice when left out. Onnxruntime 1.30 chooses channels last, where its grouped
   * convolutions of four and more outputs a group are wrong unless these are a multiple of four.
   */
  readonly layout?: 'channels-first';
}

/** An engine that can load models. */
export interface Backend {
  /** The engine's package and version, for example `onnxruntime-node 1.30.0`. */
  readonly name: string;
  /** The devices this build has code for on this machine; one may still fail for want of hardware or a driver. */
  readonly devices: readonly Device[];
  /** Whether sessions map stored weights from their files by themselves; otherwise weights must be in memory. */
  readonly memoryMapping: boolean;
  /**
   * Whether the engine's CPU keeps convolutions, sums and poolings in a blocked layout of channels, and puts everything back
   * for what is not among these.
   */
  readonly blockedLayout: boolean;
  /** What this engine was measured to take on this machine's processor, where that was done. */
  readonly costs?: MachineCosts;
  /** The same on other devices. */
  readonly deviceCosts?: CostsByDevice;
  /** @throws RuntimeError if the device is not there or the model cannot be loaded. */
  createSession(model: ExecutableModel, options?: SessionOptions): Promise<Session>;
  /** The devices that `createDeviceSession` keeps outputs on; none when left out. */
  readonly keepsOutputsOn?: readonly Device[];
  /** @throws RuntimeError if the device is not there, keeps no outputs, or the model cannot be loaded. */
  createDeviceSession?(model: ExecutableModel, options: DeviceSessionOptions): Promise<DeviceSession>;
}
