/** A session for a graph with a model's weights, rewritten for speed. */
import { type Optimization, optimizeInference, REWRITTEN_ON } from '../graph/rewrite/optimize.ts';
import type { Outputs } from '../graph/rewrite/rewrite.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import type { Model } from '../models/model.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, Session, SessionOptions } from '../runtime/backend.ts';
import { widenWeights } from '../tensor/float16.ts';
import type { Precision } from './precision.ts';

export interface NetworkSessionOptions extends SessionOptions {
  /** How the graph is rewritten; `balanced` when left out. */
  readonly optimization?: Optimization;
  /** What the network computes in; float32 when left out. `int8` takes a calibrated model. */
  readonly precision?: Precision;
}

/**
 * @throws WeightsError if the weights do not fit the graph, RuntimeError if the engine cannot load it, UsageError if the model
 * is not calibrated for the precision.
 */
export async function networkSession(
  outputs: Outputs,
  { weights: given, folder, ranges }: Pick<Model, 'weights' | 'folder' | 'ranges'>,
  backend: Backend,
  { optimization = 'balanced', precision = 'float32', ...options }: NetworkSessionOptions = {},
): Promise<Session> {
  const weights = widenWeights(given);
  const place = folder === undefined ? {} : { folder };
  const engine = { backend, options, ...place };
  if (precision !== 'float32') {
    const { reducePrecision } = await import('./precision.ts');
    const graph = await reducePrecision({ outputs, weights }, engine, precision, ranges);
    const bytes = encodeModel(toOnnx(graph.outputs, graph.weights, { storage: 'external' }));
    // Only the engine's own rewriting makes operators on whole numbers of it.
    return backend.createSession({ bytes, weights: graph.weights }, { ...options, preparation: 'runs' });
  }
  const graph = await optimizeInference({ outputs, weights }, engine, {
    optimization: REWRITTEN_ON.has(options.device) ? optimization : 'none',
  });
  const bytes = encodeModel(toOnnx(graph.outputs, graph.weights, { storage: 'external' }));
  return backend.createSession({ bytes, weights: graph.weights, fed: graph.fed, ...place }, options);
}
