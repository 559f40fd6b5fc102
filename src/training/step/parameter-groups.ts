/** Which of a network's tensors train, with which rate, and whether they decay. */
import { UsageError } from '../../errors.ts';
import type { Parameter } from '../../graph/value.ts';
import { isStatistic } from '../../nn/running-statistics.ts';
import { globMatcher } from '../../glob-patterns.ts';
import type { BatchNormMode, ParameterGroup, StepDefinition } from './types.ts';

/** The beginnings of canonical names; the first that fits counts. */
const GROUP_PREFIXES: readonly (readonly [prefix: string, group: ParameterGroup])[] = [
  ['encoder.', 'encoder'],
  ['encoders.', 'encoder'],
  ['decoder.classifier.', 'classifier'],
  ['decoder.', 'decoder'],
];

export interface Trainable {
  readonly name: string;
  readonly parameter: Parameter;
  readonly group: ParameterGroup;
  /** Whether weight decay applies. */
  readonly decays: boolean;
}

/** @throws UsageError if the name belongs to no part of a network. */
export function groupOf(name: string): ParameterGroup {
  const found = GROUP_PREFIXES.find(([prefix]) => name.startsWith(prefix));
  if (!found) {
    const known = GROUP_PREFIXES.map(([prefix]) => prefix).join(', ');
    throw new UsageError(`${name}: the parameter belongs to no group. Its name must begin with one of ${known}.`);
  }
  return found[1];
}

/** Normalization weights and all biases have one axis, everything else has more. */
export const isNormOrBias = ({ shape }: Pick<Parameter, 'shape'>): boolean => shape.length <= 1;

/**
 * The parameters that gradients change, in their order.
 * @param parameters all of the network's, statistics included.
 * @throws UsageError if a pattern of frozen names fits none, or nothing is left to train.
 */
export function trainables(
  parameters: ReadonlyMap<string, Parameter>,
  { batchNorm, decayNormAndBias, frozen }: Pick<StepDefinition, 'batchNorm' | 'decayNormAndBias' | 'frozen'>,
): readonly Trainable[] {
  const isFrozen = globMatcher(frozen, [...parameters.keys()], 'parameter');
  const names = [...parameters.keys()].filter(
    (name) => !isStatistic(name) && !isFrozen(name) && trainsWith(batchNorm, name, parameters),
  );
  if (names.length === 0) throw new UsageError(`Nothing is left to train: frozen is ${frozen.join(', ')}.`);
  return names.map((name) => {
    const parameter = parameters.get(name) as Parameter;
    return { name, parameter, group: groupOf(name), decays: decayNormAndBias || !isNormOrBias(parameter) };
  });
}

/** A batch normalization's weight and bias stay where the whole layer is frozen. */
function trainsWith(batchNorm: BatchNormMode, name: string, parameters: ReadonlyMap<string, Parameter>): boolean {
  return batchNorm !== 'frozen' || !parameters.has(name.replace(/[^.]*$/, 'running_mean'));
}
