/** Adapts any onnxruntime module (Node's, the browser's) to the seam. It imports none: the platform passes one in. */
import type * as OnnxRuntime from 'onnxruntime-common';
import { messageOf, RuntimeError } from '../errors.ts';
import { formatShape } from '../tensor/shape.ts';
import { bytesOf, type DataType, type Tensor, type TensorData, tensor } from '../tensor/tensor.ts';
import type { Backend, Device, ExecutableModel, NamedTensors, Session, SessionOptions } from './backend.ts';
import type { MachineCosts } from './machine-costs.ts';

/** The parts of an onnxruntime module that are used. */
export type OnnxRuntimeModule = Pick<typeof OnnxRuntime, 'InferenceSession' | 'Tensor'>;

export interface OnnxRuntimeOptions {
  readonly name: string;
  readonly devices: readonly Device[];
  readonly memoryMapping: boolean;
  readonly blockedLayout: boolean;
  readonly costs?: MachineCosts | undefined;
  /** Where a session computes unless asked otherwise. */
  readonly defaultDevice: Device;
  /** The provider that a device's sessions really use; throws if the device does not work here. */
  provider(device: Device): Promise<string>;
}

/** Errors only: the engine's warnings speak of its own graph rewriting and mean nothing to users. */
const LOG_ERRORS_ONLY = 3;

/** A backend over an onnxruntime module. */
export function onnxRuntimeBackend(ort: OnnxRuntimeModule, options: OnnxRuntimeOptions): Backend {
  return {
    name: options.name,
    devices: options.devices,
    memoryMapping: options.memoryMapping,
    blockedLayout: options.blockedLayout,
    ...(options.costs && { costs: options.costs }),
    async createSession(model, sessionOptions = {}) {
      const device = sessionOptions.device ?? options.defaultDevice;
      if (!options.devices.includes(device)) {
        throw new RuntimeError(
          `The device "${device}" is not available: ${options.name} offers ${options.devices.join(', ')} on this machine.`,
        );
      }
      const provider = await options.provider(device);
      try {
        const session = await ort.InferenceSession.create(model.bytes, toSessionOptions(model, device, sessionOptions));
        return new OnnxRuntimeSession(ort, session, { device, provider, fed: model.fed ?? {} });
      } catch (error) {
        throw new RuntimeError(`${options.name} could not load the model on ${device}: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
  };
}

function toSessionOptions(
  { weights, folder }: ExecutableModel,
  device: Device,
  { threads, preparation = 'runs' }: SessionOptions,
): OnnxRuntime.InferenceSession.SessionOptions {
  const externalData = [...weights].flatMap(([path, value]) =>
    'stored' in value ? [] : [{ path, data: bytesOf(value) }],
  );
  return {
    executionProviders: [device],
    graphOptimizationLevel: preparation === 'loading' ? 'disabled' : 'all',
    logSeverityLevel: LOG_ERRORS_ONLY,
    enableMemPattern: preparation !== 'memory',
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(externalData.length > 0 ? { externalData } : {}),
    ...(folder === undefined || externalData.length === weights.size
      ? {}
      : { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
  };
}

interface SessionDetails {
  readonly device: Device;
  readonly provider: string;
  readonly fed: NamedTensors;
}

class OnnxRuntimeSession implements Session {
  readonly #ort: OnnxRuntimeModule;
  readonly #fed: Readonly<Record<string, OnnxRuntime.Tensor>>;
  #session: OnnxRuntime.InferenceSession | null;
  readonly device: Device;
  readonly provider: string;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];

  constructor(
    ort: OnnxRuntimeModule,
    session: OnnxRuntime.InferenceSession,
    { device, provider, fed }: SessionDetails,
  ) {
    this.#ort = ort;
    this.#session = session;
    this.device = device;
    this.provider = provider;
    this.#fed = Object.fromEntries(Object.entries(fed).map(([name, value]) => [name, this.#toEngine(value)]));
    this.inputNames = session.inputNames.filter((name) => !Object.hasOwn(fed, name));
    this.outputNames = session.outputNames;
  }

  async run(feeds: NamedTensors, outputs: readonly string[] = this.outputNames): Promise<NamedTensors> {
    const session = this.#session;
    if (!session) throw new RuntimeError('The session was disposed. Create another one to run the model again.');
    const missing = this.inputNames.filter((name) => !feeds[name]);
    if (missing.length > 0) throw new RuntimeError(`The run lacks the input ${missing.join(', ')}.`);
    const given = Object.fromEntries(this.inputNames.map((name) => [name, this.#toEngine(feeds[name] as Tensor)]));
    try {
      const results = await session.run({ ...this.#fed, ...given }, outputs);
      return Object.fromEntries(outputs.map((name) => [name, fromEngine(results[name] as OnnxRuntime.Tensor)]));
    } catch (error) {
      const shapes = this.inputNames.map((name) => `${name} ${formatShape((feeds[name] as Tensor).shape)}`);
      const shown = shapes.length > SHAPES_SHOWN ? [...shapes.slice(0, SHAPES_SHOWN), '...'] : shapes;
      throw new RuntimeError(`The model failed on ${this.device} with ${shown.join(', ')}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.release();
  }

  #toEngine({ dtype, data, shape }: Tensor): OnnxRuntime.Tensor {
    return new this.#ort.Tensor(dtype, data, shape);
  }
}

/** A training step has hundreds of inputs: an error shows the first ones. */
const SHAPES_SHOWN = 8;

function fromEngine(value: OnnxRuntime.Tensor): Tensor {
  const dtype = value.type as DataType;
  return tensor(dtype, value.dims, value.data as TensorData[DataType]);
}
