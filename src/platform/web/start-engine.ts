/** Starting an engine before there is a model for it: its file is fetched and compiled while the model's files come. */
import { conv } from '../../graph/ops/conv.ts';
import { toOnnx } from '../../graph/to-onnx.ts';
import { constant, input } from '../../graph/value.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type { Backend } from '../../runtime/backend.ts';
import { float32 } from '../../tensor/tensor.ts';
import { checkDevice } from '../../measurement/check-device.ts';

/**
 * Starts the engine and lets it compute one number.
 * @param checksDevice whether WebGPU must agree with WASM.
 * @throws RuntimeError if it does not start, or does not agree.
 */
export async function startEngine(backend: Backend, checksDevice: boolean): Promise<void> {
  if (checksDevice) return checkDevice(backend, 'webgpu', 'wasm');
  const y = conv(input('x', 'float32', [1, 1, 1, 1]), constant(float32([1, 1, 1, 1], new Float32Array([1]))), null);
  const bytes = encodeModel(toOnnx({ y }, new Map(), { storage: 'inline' }));
  const session = await backend.createSession({ bytes, weights: new Map() }, { device: 'wasm' });
  await session.dispose();
}
