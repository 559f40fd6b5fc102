/** Loaded models of any onnxruntime module. */
import type * as OnnxRuntime from 'onnxruntime-common';
import { messageOf, RuntimeError } from '../../errors.ts';
import type { Turn } from '../../one-at-a-time.ts';
import { formatShape } from '../../tensor/shape.ts';
import { type DataType, type Tensor, type TensorData, tensor } from '../../tensor/tensor.ts';
import type { Device, DeviceTensor, NamedTensors, Session } from '../backend.ts';

type TensorClass = Pick<typeof OnnxRuntime, 'Tensor'>;

/** How a model was loaded; `Session` says what the device and the provider are. */
export interface SessionDetails {
  readonly device: Device;
  readonly provider: string;
  /** Inputs that get the same tensors at every run. */
  readonly fed: NamedTensors;
  /** When it is run and released. */
  readonly turn: Turn;
}

/** A tensor on a device, as this engine made it. */
export interface HeldTensor extends DeviceTensor {
  readonly held: OnnxRuntime.Tensor;
}

export class OnnxRuntimeSession implements Session {
  readonly #ort: TensorClass;
  readonly #fed: Readonly<Record<string, OnnxRuntime.Tensor>>;
  readonly #turn: Turn;
  #session: OnnxRuntime.InferenceSession | null;
  readonly device: Device;
  readonly provider: string;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];

  constructor(
    ort: TensorClass,
    session: OnnxRuntime.InferenceSession,
    { device, provider, fed, turn }: SessionDetails,
  ) {
    this.#ort = ort;
    this.#turn = turn;
    this.#session = session;
    this.device = device;
    this.provider = provider;
    this.#fed = Object.fromEntries(Object.entries(fed).map(([name, value]) => [name, this.#toEngine(value)]));
    this.inputNames = session.inputNames.filter((name) => !Object.hasOwn(fed, name));
    this.outputNames = session.outputNames;
  }

  async run(feeds: NamedTensors, outputs: readonly string[] = this.outputNames): Promise<NamedTensors> {
    const results = await this.runEngine(feeds, outputs);
    return Object.fromEntries(outputs.map((name) => [name, fromEngine(results[name] as OnnxRuntime.Tensor)]));
  }

  /** As `run`, with the engine's own tensors as results. */
  async runEngine(
    feeds: Readonly<Record<string, Tensor | DeviceTensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, OnnxRuntime.Tensor>>> {
    const session = this.#session;
    if (!session) throw new RuntimeError('The session was disposed. Create another one to run the model again.');
    const missing = this.inputNames.filter((name) => !feeds[name]);
    if (missing.length > 0) throw new RuntimeError(`The run lacks the input ${missing.join(', ')}.`);
    const given = Object.fromEntries(this.inputNames.map((name) => [name, this.#toEngine(feeds[name] as Tensor)]));
    try {
      return await this.#turn(() => session.run({ ...this.#fed, ...given }, outputs));
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
    if (session) await this.#turn(() => session.release());
  }

  #toEngine(value: Tensor | DeviceTensor): OnnxRuntime.Tensor {
    if ('held' in value) return (value as HeldTensor).held;
    const { dtype, data, shape } = value as Tensor;
    return new this.#ort.Tensor(dtype, data, shape);
  }
}

/** A training step has hundreds of inputs: an error shows the first ones. */
const SHAPES_SHOWN = 8;

export function fromEngine(value: OnnxRuntime.Tensor): Tensor {
  const dtype = value.type as DataType;
  return tensor(dtype, value.dims, value.data as TensorData[DataType]);
}
