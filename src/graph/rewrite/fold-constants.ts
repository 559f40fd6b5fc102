/** What a graph computes of its weights alone is computed once, before it is loaded. */
import { encodeModel } from '../../onnx/encode.ts';
import type { Backend, SessionOptions } from '../../runtime/backend.ts';
import { elementCount } from '../../tensor/shape.ts';
import { BYTES_PER_ELEMENT, type Tensor } from '../../tensor/tensor.ts';
import type { StoredTensor, WeightsSource } from '../../tensor/weights.ts';
import { toOnnx } from '../to-onnx.ts';
import { knownShape, type Node, parameter, type Value } from '../value.ts';
import { parametersOf, reach } from '../walk.ts';
import { type Outputs, substitute } from './rewrite.ts';

/** A graph, and the weights that it takes. */
export interface WeightedGraph<T extends Outputs = Outputs> {
  readonly outputs: T;
  readonly weights: WeightsSource;
}

/** An engine to compute with, and where it finds stored weights. */
export interface FoldingEngine {
  readonly backend: Backend;
  readonly folder?: string;
  readonly options?: SessionOptions;
}

/** Results computed in one go; bounds what the engine holds beside them. */
const BYTES_AT_ONCE = 2 ** 27;

const FOLDED = 'folded:';
const RESULT = 'result:';

/**
 * The graph with every value that depends on parameters alone turned into a parameter of its own, and the weights that it now
 * takes. The engine would do the same at loading, but on one thread and with several copies of each result.
 */
export async function foldConstants<T extends Outputs>(
  { outputs, weights }: WeightedGraph<T>,
  engine: FoldingEngine,
): Promise<WeightedGraph<T>> {
  const folding = new Map<string, Value>();
  const replacements = new Map<Value, Value>();
  for (const value of frontier(outputs)) {
    const name = FOLDED + folding.size;
    folding.set(name, value);
    const known = parameter(name, knownShape(value), { kind: 'constant', value: 0 });
    replacements.set(value, { ...known, dtype: value.dtype });
  }
  if (folding.size === 0) return { outputs, weights };
  const folded = substitute(outputs, replacements);
  const kept = parametersOf(Object.values(folded));
  // Of weights that are in memory and weights that are stored, a session takes one kind: the stored ones are read as well.
  for (const [name, value] of kept) {
    const weight = weights.get(name);
    if (weight && 'stored' in weight) folding.set(name, value);
  }
  const computed = new Map<string, Tensor>();
  for (const part of parts(folding)) {
    for (const [name, tensor] of Object.entries(await compute(part, weights, engine))) computed.set(name, tensor);
  }
  const left = [...kept.keys()].map((name): [string, Tensor | StoredTensor] => [
    name,
    (computed.get(name) ?? weights.get(name)) as Tensor | StoredTensor,
  ]);
  return { outputs: folded, weights: new Map(left) };
}

/** The values made of parameters alone that something else takes. */
function frontier(outputs: Outputs): ReadonlySet<Value> {
  const { nodes } = reach(Object.values(outputs));
  const foldable = new Set<Node>();
  const isFixed = ({ source }: Value): boolean =>
    source.kind === 'parameter' || source.kind === 'constant' || (source.kind === 'node' && foldable.has(source.node));
  const dependsOnParameter = new Set<Node>();
  const found = new Set<Value>();
  const visit = (value: Value): void => {
    const { source } = value;
    if (source.kind === 'node' && dependsOnParameter.has(source.node)) found.add(value);
  };
  for (const node of nodes) {
    const inputs = node.inputs.filter((value) => value !== null);
    if (inputs.every(isFixed)) {
      foldable.add(node);
      const reaches = ({ source }: Value): boolean =>
        source.kind === 'parameter' || (source.kind === 'node' && dependsOnParameter.has(source.node));
      if (inputs.some(reaches)) dependsOnParameter.add(node);
    } else inputs.forEach(visit);
  }
  Object.values(outputs).forEach(visit);
  return found;
}

function* parts(values: ReadonlyMap<string, Value>): Generator<Record<string, Value>> {
  let part: Record<string, Value> = {};
  let bytes = 0;
  for (const [name, value] of values) {
    part[name] = value;
    bytes += BYTES_PER_ELEMENT[value.dtype] * elementCount(knownShape(value));
    if (bytes < BYTES_AT_ONCE) continue;
    yield part;
    part = {};
    bytes = 0;
  }
  if (Object.keys(part).length > 0) yield part;
}

async function compute(
  part: Readonly<Record<string, Value>>,
  weights: WeightsSource,
  { backend, folder, options }: FoldingEngine,
): Promise<Readonly<Record<string, Tensor>>> {
  const needed = [...parametersOf(Object.values(part)).keys()];
  const own = new Map(needed.map((name) => [name, weights.get(name) as Tensor | StoredTensor]));
  // No output is called as a weight is: what is read only is a copy of it.
  const results = Object.fromEntries(Object.entries(part).map(([name, value]) => [RESULT + name, value]));
  const bytes = encodeModel(toOnnx(results, own, { name: 'weights', storage: 'external' }));
  const session = await backend.createSession(
    { bytes, weights: own, ...(folder !== undefined && { folder }) },
    { ...options, preparation: 'loading' },
  );
  try {
    const tensors = await session.run({});
    return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name.slice(RESULT.length), value]));
  } finally {
    await session.dispose();
  }
}
