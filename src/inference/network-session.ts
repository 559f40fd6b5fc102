/** A session for a graph with a model's weights, rewritten for speed. */
import { messageOf, RuntimeError } from '../errors.ts';
import type { WeightedGraph } from '../graph/rewrite/fold-constants.ts';
import { type Optimization, optimizeInference } from '../graph/rewrite/optimize/inference.ts';
import type { Outputs } from '../graph/rewrite/rewrite.ts';
import { toOnnx } from '../graph/to-onnx.ts';
import type { Model } from '../models/model.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Backend, ExecutableModel, Session, SessionOptions } from '../runtime/backend.ts';
import { widenWeights } from '../tensor/float16.ts';
import type { Precision } from './precision.ts';

/** How an engine runs a network: on which device, with how many threads, in what form and precision. */
export interface NetworkSessionOptions extends SessionOptions {
  /** How the graph is rewritten; `balanced` when left out. */
  readonly optimization?: Optimization;
  /** What the network computes in; float32 when left out. `int8` takes a calibrated model. */
  readonly precision?: Precision;
}

/** What the WebGPU provider says while it loads a model. */
const LACKS_FLOAT16 = /requires f16/;

/**
 * @throws WeightsError if the weights do not fit the graph, RuntimeError if the engine cannot load it or the device lacks the
 * precision, UsageError if the model is not calibrated for the precision.
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
  if (precision === 'float32') {
    const graph = await optimizeInference({ outputs, weights }, engine, { optimization });
    return backend.createSession({ ...executable(graph), fed: graph.fed, ...place }, options);
  }
  const { reducePrecision } = await import('./precision.ts');
  const graph = await reducePrecision({ outputs, weights }, engine, precision, ranges);
  try {
    // Only the engine's own rewriting makes operators on whole numbers of it.
    return await backend.createSession(executable(graph), { ...options, preparation: 'runs' });
  } catch (cause) {
    if (!LACKS_FLOAT16.test(messageOf(cause))) throw cause;
    throw new RuntimeError('This graphics card computes no float16 ("shader-f16"). Leave the precision at float32.', {
      cause,
    });
  }
}

const executable = ({ outputs, weights }: WeightedGraph): ExecutableModel => ({
  bytes: encodeModel(toOnnx(outputs, weights, { storage: 'external' })),
  weights,
});
