/** A graph as an ONNX model. */
import { UsageError, WeightsError } from '../errors.ts';
import type { OnnxGraph, OnnxInitializer, OnnxModel, OnnxValueInfo } from '../onnx/model.ts';
import { describeMismatches, mismatchOf } from '../tensor/mismatch.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { StoredTensor, WeightsSource } from '../tensor/weights.ts';
import { decompose } from './rewrite/decompose.ts';
import type { Node, Parameter, Value } from './value.ts';
import { reach } from './walk.ts';

/** Where the numbers of an ONNX model lie, and what it is called. */
export interface ToOnnxOptions {
  /** The graph's name in the file. */
  readonly name?: string;
  /**
   * Inline: numbers are part of the model's bytes. External: each initializer refers to a location of its own name, and
   * the engine is given the tensors beside the model, without a copy. Tensors stored in files are always external.
   */
  readonly storage: 'inline' | 'external';
  /**
   * Initializers (when left out): parameters are constants of the model. Inputs: they are fed at each run by their names,
   * as in training, where each step gives new ones; the weights may then be empty, and `storage` has no effect.
   */
  readonly parameters?: 'initializers' | 'inputs';
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The ONNX form of the graph that the named outputs reach.
 * @throws WeightsError if a parameter has no tensor or one of another shape, all of them in one message; UsageError if an input, a
 * parameter and an output share a name.
 */
export function toOnnx(
  graph: Readonly<Record<string, Value>>,
  weights: WeightsSource,
  options: ToOnnxOptions,
): OnnxModel {
  const outputs = decompose(graph);
  const { nodes, inputs, parameters, constants } = reach(Object.values(outputs));
  const fed = options.parameters === 'inputs';
  if (!fed) checkWeights(parameters, weights);
  const taken = namesTaken({
    'an input': inputs.keys(),
    'a parameter': parameters.keys(),
    'an output': Object.keys(outputs),
  });
  const names = nameValues(outputs, nodes, constants, taken);
  const nameOf = (value: Value): string => {
    const { source } = value;
    return source.kind === 'input' || source.kind === 'parameter' ? source.name : (names.get(value) as string);
  };
  const onnx: OnnxGraph = {
    name: options.name ?? 'refinenet',
    nodes: [
      ...nodes.map((node) => ({
        opType: node.op.name,
        name: nodeName(node, names),
        inputs: node.inputs.map((value) => (value ? nameOf(value) : '')),
        outputs: node.outputs.map(nameOf),
        attributes: node.op.onnxAttributes?.(node.attributes, node.inputs) ?? {},
      })),
      ...aliases(outputs, nameOf),
    ],
    inputs: [...inputs.values(), ...(fed ? parameters.values() : [])].map((value) =>
      valueInfo(value.source.name, value),
    ),
    outputs: Object.entries(outputs).map(([name, value]) => valueInfo(name, value)),
    initializers: [
      ...(fed ? [] : [...parameters.keys()]).map((name) =>
        initializer(name, weights.get(name) as Tensor | StoredTensor, options.storage),
      ),
      ...constants.flatMap((value) =>
        value.source.kind === 'constant' ? [{ name: nameOf(value), tensor: value.source.tensor }] : [],
      ),
    ],
  };
  return options.metadata ? { graph: onnx, metadata: options.metadata } : { graph: onnx };
}

function checkWeights(parameters: ReadonlyMap<string, Parameter>, weights: WeightsSource): void {
  const mismatches = [...parameters].flatMap(([name, parameter]) => {
    const mismatch = mismatchOf(name, weights.get(name), parameter);
    return mismatch ? [mismatch] : [];
  });
  if (mismatches.length > 0) throw new WeightsError(describeMismatches('The weights', mismatches, ADVICE));
}

const ADVICE = 'Check that the weights and the network belong together.';

/**
 * The names that graphs come with.
 * @throws UsageError if two have one name, which ONNX would take for one value.
 */
function namesTaken(given: Readonly<Record<string, Iterable<string>>>): Iterable<string> {
  const taken = new Map<string, string>();
  for (const [kind, names] of Object.entries(given)) {
    for (const name of names) {
      const other = taken.get(name);
      if (other) {
        throw new UsageError(`${name}: the name of ${other} and of ${kind}. Give one of them another name.`);
      }
      taken.set(name, kind);
    }
  }
  return taken.keys();
}

/** Names for everything that nodes produce and for constants: the output's own name, else its scope and operator. */
function nameValues(
  outputs: Readonly<Record<string, Value>>,
  nodes: readonly Node[],
  constants: readonly Value[],
  taken: Iterable<string>,
): Map<Value, string> {
  const names = new Map<Value, string>();
  const used = new Map([...taken].map((name) => [name, 1]));
  for (const [name, value] of Object.entries(outputs)) {
    if (value.source.kind === 'node' && !names.has(value)) names.set(value, name);
  }
  const fresh = (wanted: string): string => {
    const count = used.get(wanted) ?? 0;
    used.set(wanted, count + 1);
    return count === 0 ? wanted : fresh(`${wanted}_${count}`);
  };
  for (const node of nodes) {
    for (const value of node.outputs) {
      if (!names.has(value)) names.set(value, fresh(node.scope ? `${node.scope}/${node.op.name}` : node.op.name));
    }
  }
  for (const value of constants) names.set(value, fresh('constant'));
  return names;
}

function nodeName(node: Node, names: ReadonlyMap<Value, string>): string {
  return names.get(node.outputs[0] as Value) as string;
}

/** ONNX forbids one value to be two outputs, and an input to be an output: such outputs are copies by Identity. */
function aliases(outputs: Readonly<Record<string, Value>>, nameOf: (value: Value) => string): OnnxGraph['nodes'] {
  return Object.entries(outputs)
    .filter(([name, value]) => nameOf(value) !== name)
    .map(([name, value]) => ({
      opType: 'Identity',
      name,
      inputs: [nameOf(value)],
      outputs: [name],
      attributes: {},
    }));
}

function valueInfo(name: string, { dtype, shape }: Value): OnnxValueInfo {
  return { name, dtype, shape };
}

function initializer(name: string, tensor: Tensor | StoredTensor, storage: ToOnnxOptions['storage']): OnnxInitializer {
  const { dtype, shape } = tensor;
  if ('stored' in tensor) {
    const { file, offset, length } = tensor.stored;
    return { name, dtype, shape, external: { location: file, offset, length } };
  }
  if (storage === 'inline') return { name, tensor };
  return { name, dtype, shape, external: { location: name, offset: 0, length: tensor.data.byteLength } };
}
