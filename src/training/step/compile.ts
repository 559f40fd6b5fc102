/** From a graph over the state, gradients and batches to a session of an engine. */
import { RuntimeError } from '../../errors.ts';
import type { Outputs } from '../../graph/rewrite/rewrite.ts';
import { toOnnx } from '../../graph/to-onnx.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type {
  Backend,
  DeviceSession,
  DeviceSessionOptions,
  ExecutableModel,
  Session,
  SessionOptions,
} from '../../runtime/backend.ts';

const modelOf = (outputs: Outputs): ExecutableModel => ({
  bytes: encodeModel(toOnnx(outputs, new Map(), { name: 'training-step', storage: 'inline', parameters: 'inputs' })),
  weights: new Map(),
});

/** @throws RuntimeError if the engine cannot load the graph. */
export const compile = (backend: Backend, outputs: Outputs, options: SessionOptions): Promise<Session> =>
  backend.createSession(modelOf(outputs), options);

/** @throws RuntimeError if the engine cannot load the graph, or has no device that keeps outputs. */
export async function compileOnDevice(
  backend: Backend,
  outputs: Outputs,
  options: DeviceSessionOptions,
): Promise<DeviceSession> {
  if (!backend.createDeviceSession) throw new RuntimeError(`${backend.name} keeps no outputs on a device.`);
  return backend.createDeviceSession(modelOf(outputs), options);
}
