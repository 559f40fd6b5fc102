/** A session for a graph with a model's weights, rewritten for speed. */
import { type Optimization, optimizeInference, REWRITTEN_ON } from '../graph/rewrite/optimize.ts';
import type { Outputs } from '../graph/rewrite/rewrite.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import type { Model } from '../models/model.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, Session, SessionOptions } from '../runtime/backend.ts';

export interface NetworkSessionOptions extends SessionOptions {
  /** How the graph is rewritten; `memory` when left out. */
  readonly optimization?: Optimization;
}

/** @throws WeightsError if the weights do not fit the graph, RuntimeError if the engine cannot load it. */
export async function networkSession(
  outputs: Outputs,
  { weights, folder }: Pick<Model, 'weights' | 'folder'>,
  backend: Backend,
  { optimization = 'memory', ...options }: NetworkSessionOptions = {},
): Promise<Session> {
  const place = folder === undefined ? {} : { folder };
  const graph = await optimizeInference(
    { outputs, weights },
    { backend, options, ...place },
    { optimization: REWRITTEN_ON.has(options.device) ? optimization : 'none' },
  );
  const bytes = encodeModel(toOnnx(graph.outputs, graph.weights, { storage: 'external' }));
  return backend.createSession({ bytes, weights: graph.weights, fed: graph.fed, ...place }, options);
}
