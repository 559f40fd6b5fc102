/** Runs a graph once and frees the session. */
import { toOnnx } from '../../src/graph/to-onnx.ts';
import type { Value } from '../../src/graph/value.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import type { Backend, NamedTensors } from '../../src/runtime/backend.ts';
import type { Weights } from '../../src/tensor/weights.ts';

export async function runGraph(
  backend: Backend,
  outputs: Readonly<Record<string, Value>>,
  weights: Weights,
  feeds: NamedTensors,
): Promise<NamedTensors> {
  const bytes = encodeModel(toOnnx(outputs, weights, { storage: 'external' }));
  const session = await backend.createSession({ bytes, weights });
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}
