/** A network in float16: its weights and what it computes; inputs and results stay float32. */
import { WeightsError } from '../../errors.ts';
import { halfTensor } from '../../tensor/float16.ts';
import type { DataType, Tensor } from '../../tensor/tensor.ts';
import type { StoredTensor, WeightsSource } from '../../tensor/weights.ts';
import { cast } from '../ops/structure.ts';
import { apply, constant, type Value } from '../value.ts';
import { parametersOf } from '../walk.ts';
import type { WeightedGraph } from './fold-constants.ts';
import { networkNodes, PIXELS } from './network-part.ts';
import { type Outputs, rewrite } from './rewrite.ts';

/**
 * A graph whose network computes in float16, with the Casts at its two ends alone.
 * @throws WeightsError if weights are not in memory.
 */
export function toFloat16<T extends Outputs>({ outputs, weights }: WeightedGraph<T>): WeightedGraph<T> {
  const network = new Set(networkNodes(outputs).filter(({ scope }) => scope !== PIXELS));
  const taken = new Set([...network].flatMap(({ inputs }) => inputs));
  const toHalf = once((value) => (value.dtype === 'float32' ? halfOf(value) : value));
  const toSingle = once((value) => (value.dtype === 'float16' ? cast(value, 'float32') : value));
  const halved = rewrite(outputs, {
    name: 'float16',
    apply({ op, inputs, attributes, scope }, original) {
      const convert = network.has(original) ? toHalf : toSingle;
      const converted = inputs.map((value) => value && convert(value));
      const results = apply(op, converted, attributes, scope);
      // What reads the network's result may bring it together with numbers in float32.
      return results.map((value, index) => (taken.has(original.outputs[index] as Value) ? value : toSingle(value)));
    },
  });
  const results = Object.fromEntries(Object.entries(halved).map(([name, value]) => [name, toSingle(value)])) as T;
  const kept = [...parametersOf(Object.values(results))];
  return { outputs: results, weights: new Map(kept.map(([name, { dtype }]) => [name, inType(name, weights, dtype)])) };
}

/** A conversion that gives the same result for the same value. */
function once(convert: (value: Value) => Value): (value: Value) => Value {
  const known = new Map<Value, Value>();
  return (value) => {
    const result = known.get(value) ?? convert(value);
    known.set(value, result);
    return result;
  };
}

function halfOf(value: Value): Value {
  const { source } = value;
  if (source.kind === 'parameter') return { ...value, dtype: 'float16' };
  if (source.kind === 'constant') return constant(halfTensor(source.tensor));
  return cast(value, 'float16');
}

function inType(name: string, weights: WeightsSource, dtype: DataType): Tensor {
  const weight = weights.get(name) as Tensor | StoredTensor;
  if ('stored' in weight) throw new WeightsError(`${name}: only weights that are in memory can become float16.`);
  return dtype === 'float16' ? halfTensor(weight) : weight;
}
