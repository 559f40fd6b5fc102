/** A session whose runs are timed: its inputs lie on the device, where the engine keeps them there. */
import { add } from '../graph/ops/elementwise.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import { constant, input, type Value } from '../graph/value.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, DeviceTensors, ExecutableModel, NamedTensors, SessionOptions } from '../runtime/backend.ts';
import { elementCount } from '../tensor/shape.ts';
import { float32 } from '../tensor/tensor.ts';

type Shapes = readonly (readonly [name: string, shape: readonly number[]])[];

/** Runs one graph on the same inputs again and again. */
export interface MeasuredSession {
  run(): Promise<unknown>;
  /** Frees the engine's and the device's memory. */
  dispose(): Promise<void>;
}

/** @param inputs of float32, which are filled. @throws RuntimeError as the backend */
export async function openMeasured(
  model: ExecutableModel,
  inputs: Shapes,
  backend: Backend,
  options: SessionOptions,
): Promise<MeasuredSession> {
  const { createDeviceSession } = backend;
  if (!createDeviceSession || !backend.keepsOutputsOn?.includes(options.device ?? 'cpu')) {
    const session = await backend.createSession(model, options);
    const feeds: NamedTensors = Object.fromEntries(inputs.map(([name, shape]) => [name, filled(shape)]));
    return { run: () => session.run(feeds), dispose: () => session.dispose() };
  }
  const operands = await operandsOnDevice(inputs, { createDeviceSession }, options);
  const session = await createDeviceSession(model, { ...options, keeps: [] }).catch(async (error: unknown) => {
    await operands.dispose();
    throw error;
  });
  return {
    run: () => session.run(operands.tensors),
    async dispose() {
      await session.dispose();
      await operands.dispose();
    },
  };
}

interface Operands {
  readonly tensors: DeviceTensors;
  dispose(): Promise<void>;
}

/** Filled tensors on the device. They are the memory of the session that made them, which stays as long as they. */
async function operandsOnDevice(
  inputs: Shapes,
  { createDeviceSession }: Required<Pick<Backend, 'createDeviceSession'>>,
  options: SessionOptions,
): Promise<Operands> {
  const nothing = input('nothing', 'float32', [1]);
  const values = inputs.map(([name, shape]): [string, Value] => [name, add(constant(filled(shape)), nothing)]);
  const bytes = encodeModel(toOnnx(Object.fromEntries(values), new Map(), { storage: 'inline' }));
  const keeps = inputs.map(([name]) => name);
  const session = await createDeviceSession({ bytes, weights: new Map() }, { ...options, keeps });
  try {
    const { kept } = await session.run({ nothing: float32([1], new Float32Array(1)) });
    return {
      tensors: kept,
      async dispose() {
        for (const each of Object.values(kept)) each.dispose();
        await session.dispose();
      },
    };
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

const filled = (shape: readonly number[]) => float32(shape, new Float32Array(elementCount(shape)).fill(0.5));
