/** Starting an engine before there is a model for it: its file is fetched and compiled while the model's files come. */
import { conv } from '../../graph/ops/conv.ts';
import { constant, input } from '../../graph/value.ts';
import type { Backend } from '../../runtime/backend.ts';
import { float32 } from '../../tensor/tensor.ts';
import { checkDevice } from '../../measurement/check-device.ts';
import { smallSession } from '../../measurement/small-graph.ts';

/**
 * Starts the engine and lets it compute one number.
 * @param checksDevice whether WebGPU must agree with WASM.
 * @param device where it computes that number.
 * @throws RuntimeError if it does not start, or does not agree.
 */
export async function startEngine(
  backend: Backend,
  checksDevice: boolean,
  device: 'wasm' | 'webgpu' = 'wasm',
): Promise<void> {
  if (checksDevice) return checkDevice(backend, 'webgpu', 'wasm');
  const y = conv(input('x', 'float32', [1, 1, 1, 1]), constant(float32([1, 1, 1, 1], new Float32Array([1]))), null);
  const session = await smallSession({ y }, backend, { device });
  await session.dispose();
}
