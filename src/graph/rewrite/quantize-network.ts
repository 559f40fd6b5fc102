/**
 * A network in 8-bit whole numbers: QuantizeLinear and DequantizeLinear around its operators (the QDQ form), which engines
 * join with them. Activations have one scale a value, weights one a channel.
 */
import { WeightsError } from '../../errors.ts';
import { addToGroup } from '../../groups.ts';
import { float32, type Tensor, tensor } from '../../tensor/tensor.ts';
import type { StoredTensor } from '../../tensor/weights.ts';
import { Conv } from '../ops/conv.ts';
import { Add, Clip, Relu } from '../ops/elementwise.ts';
import { MaxPool } from '../ops/pool.ts';
import { DequantizeLinear, dequantizeLinear, quantizeLinear } from '../ops/quantize-linear.ts';
import { Resize, type ResizeAttributes } from '../ops/resize.ts';
import { Shape } from '../ops/structure.ts';
import { applyOne, constant, knownShape, type Node, parameter, type Value } from '../value.ts';
import { reach } from '../walk.ts';
import type { WeightedGraph } from './fold-constants.ts';
import { networkNodes } from './network-part.ts';
import { activationScale, type Range, weightScales, wholeBias, wholeWeights } from './quantization-scales.ts';
import { type Outputs, producer, type Rewrite, rewrite } from './rewrite.ts';

/** The range of each activation, by the names that `quantizedValues` gives. */
export type ActivationRanges = ReadonlyMap<string, Range>;

/**
 * How operators are quantized. `computed`: the result has a range of its own. `moved`: the result's numbers lie between those
 * of the input, whose scale it keeps. `rectified`: quantizing itself cuts off what lies outside the result's range.
 */
const KINDS: Readonly<Record<string, 'computed' | 'moved' | 'rectified'>> = {
  [Conv.name]: 'computed',
  [Add.name]: 'computed',
  [MaxPool.name]: 'moved',
  [Resize.name]: 'moved',
  [Relu.name]: 'rectified',
  [Clip.name]: 'rectified',
};

/** Cubic interpolation goes beyond its input's range, and engines have it in float32 alone. */
const isCubic = ({ op, attributes }: Node): boolean =>
  op === Resize && (attributes as ResizeAttributes).mode === 'cubic';

/**
 * The values of a simplified graph whose ranges quantization needs, by name. A value that is only rectified is not among
 * them, as its rectified form is; nor is the network's result, which stays as it is.
 */
export function quantizedValues(outputs: Outputs): ReadonlyMap<string, Value> {
  const nodes = networkNodes(outputs);
  const taken = new Set(nodes.flatMap(({ inputs }) => inputs));
  const rectified = rectifiedValues(outputs);
  const found = new Map<string, Value>();
  for (const value of reach(nodes.flatMap((node) => node.outputs)).inputs.values()) {
    if (value.dtype === 'float32') found.set(value.source.name, value);
  }
  const fresh = freshNames();
  for (const { op, scope, outputs: results } of nodes) {
    const [value] = results as [Value];
    const kind = KINDS[op.name];
    if (kind === undefined || kind === 'moved' || rectified.has(value) || !taken.has(value)) continue;
    found.set(fresh(`${scope}/${op.name}`), value);
  }
  return found;
}

/** Values that nothing takes but rectification, with its results. */
function rectifiedValues(outputs: Outputs): ReadonlyMap<Value, readonly Value[]> {
  const takers = new Map<Value, Node[]>();
  for (const node of reach(Object.values(outputs)).nodes) {
    for (const value of node.inputs) if (value) addToGroup(takers, value, node);
  }
  for (const value of Object.values(outputs)) takers.delete(value);
  return new Map(
    [...takers]
      .filter(([, nodes]) => nodes.every(({ op }) => KINDS[op.name] === 'rectified'))
      .map(([value, nodes]) => [value, nodes.flatMap((node) => node.outputs)]),
  );
}

/** Each wanted name; with a number after it where it was given already. */
function freshNames(): (wanted: string) => string {
  const counts = new Map<string, number>();
  return (wanted) => {
    const count = counts.get(wanted) ?? 0;
    counts.set(wanted, count + 1);
    return count === 0 ? wanted : `${wanted}_${count}`;
  };
}

/**
 * A simplified graph, its weights in memory, in 8-bit numbers wherever the ranges reach; elsewhere as it is.
 * @throws WeightsError if a convolution's weights are not in memory.
 */
export function quantize<T extends Outputs>(
  { outputs, weights }: WeightedGraph<T>,
  ranges: ActivationRanges,
): WeightedGraph<T> {
  const known = [...quantizedValues(outputs)].flatMap(([name, value]): [Value, Range][] => {
    const range = ranges.get(name);
    return range ? [[value, range]] : [];
  });
  const quantizer = new Quantizer(outputs, new Map(known), weights);
  const result = rewrite(outputs, quantizer);
  const kept = reach(Object.values(result)).parameters;
  return {
    outputs: result,
    weights: new Map(
      [...kept.keys()].map((name) => [
        name,
        (quantizer.weights.get(name) ?? weights.get(name)) as Tensor | StoredTensor,
      ]),
    ),
  };
}

class Quantizer implements Rewrite {
  readonly name = 'quantize';
  readonly weights = new Map<string, Tensor>();
  readonly #network: ReadonlySet<Node>;
  readonly #rectified: ReadonlyMap<Value, readonly Value[]>;
  readonly #ranges: ReadonlyMap<Value, Range>;
  readonly #given: WeightedGraph['weights'];
  readonly #inputs = new Map<Value, Value>();
  readonly #freshName = freshNames();

  constructor(outputs: Outputs, ranges: ReadonlyMap<Value, Range>, given: WeightedGraph['weights']) {
    this.#network = new Set(networkNodes(outputs));
    this.#rectified = rectifiedValues(outputs);
    this.#ranges = ranges;
    this.#given = given;
  }

  apply(node: Node, original: Node): readonly Value[] | null {
    if (!this.#network.has(original)) return null;
    const { op, attributes, scope } = node;
    const inputs = node.inputs.map((value) => value && this.#input(value));
    const [x] = inputs as [Value];
    const whole = producer(x, DequantizeLinear.name)?.inputs as [Value, Value, Value] | undefined;
    // The extents are the same, and whole numbers are there already.
    if (op.name === Shape.name && whole) return [applyOne(op, [whole[0]], attributes, scope)];
    const [result] = original.outputs as [Value];
    const range = this.#ranges.get(result);
    const kind = isCubic(node) ? undefined : KINDS[op.name];
    if (kind === 'rectified') return range ? [quantized(x, range, scope)] : null;
    if (!whole) return null;
    if (kind === 'moved') return [roundTrip(applyOne(op, inputs, attributes, scope), whole[1], whole[2], scope)];
    const areWhole = op.name === Conv.name || inputs.every((value) => producer(value, DequantizeLinear.name));
    if (kind !== 'computed' || !areWhole || !this.#becomesWhole(result)) return null;
    const operands = op.name === Conv.name ? this.#convolution(inputs as Value[], whole[1], scope) : inputs;
    const computed = applyOne(op, operands, attributes, scope);
    return [range ? quantized(computed, range, scope) : computed];
  }

  /** Whether engines can join an operator with what follows: its result is quantized, at once or by being rectified. */
  #becomesWhole(result: Value): boolean {
    const results = [result, ...(this.#rectified.get(result) ?? [])];
    return results.some((each) => this.#ranges.has(each));
  }

  /** A graph input in whole numbers, if its range is known. */
  #input(value: Value): Value {
    const range = value.source.kind === 'input' ? this.#ranges.get(value) : undefined;
    if (!range) return value;
    const known = this.#inputs.get(value) ?? quantized(value, range, '');
    this.#inputs.set(value, known);
    return known;
  }

  /** The operands of a convolution; its bias has the scale of the products. */
  #convolution([x, weight, bias]: readonly Value[], inputScale: Value, scope: string): Value[] {
    const kernel = this.#numbers(weight as Value);
    const offsets = bias ? this.#numbers(bias) : null;
    const scale = scaleNumber(inputScale);
    const scales = weightScales(kernel, offsets && { bias: offsets, inputScale: scale });
    const channels = [scales.length];
    const shape = knownShape(weight as Value);
    const name = this.#freshName(`${scope}.weight_quantized`);
    this.weights.set(name, tensor('int8', shape, wholeWeights(kernel, scales)));
    const whole: Value = { ...parameter(name, shape, { kind: 'constant', value: 0 }), dtype: 'int8' };
    const zeros = constant(tensor('int8', channels, new Int8Array(scales.length)));
    const operands = [x as Value, dequantizeLinear(whole, constant(float32(channels, scales)), zeros, 0, scope)];
    if (!offsets) return operands;
    const products = scales.map((each) => each * scale);
    const wholeOffsets = constant(tensor('int32', channels, wholeBias(offsets, products)));
    return [...operands, dequantizeLinear(wholeOffsets, constant(float32(channels, products)), null, 0, scope)];
  }

  #numbers({ source }: Value): Tensor<'float32'> {
    const found = source.kind === 'parameter' ? this.#given.get(source.name) : undefined;
    if (found && !('stored' in found) && found.dtype === 'float32') return found as Tensor<'float32'>;
    const name = source.kind === 'parameter' ? source.name : source.kind;
    throw new WeightsError(`${name}: only float32 weights that are in memory can be quantized.`);
  }
}

function quantized(x: Value, range: Range, scope: string): Value {
  const { scale, zero } = activationScale(range);
  return roundTrip(x, constant(float32([], [scale])), constant(tensor('uint8', [], Uint8Array.of(zero))), scope);
}

const roundTrip = (x: Value, scale: Value, zero: Value, scope: string): Value =>
  dequantizeLinear(quantizeLinear(x, scale, zero, 1, scope), scale, zero, 1, scope);

function scaleNumber({ source }: Value): number {
  return Number(source.kind === 'constant' ? source.tensor.data[0] : Number.NaN);
}
