/** The update of the state as one graph, for engines whose memory the state lies in. */
import type { Outputs } from '../../../graph/rewrite/rewrite.ts';
import { input, knownShape, type Value } from '../../../graph/value.ts';
import { float32, type Tensor } from '../../../tensor/tensor.ts';
import type { NamedTensors } from '../../../runtime/backend.ts';
import type { BoundOptimizer } from '../../optimizers/index.ts';
import { NAMES, namesByRole, type NetworkParts } from '../graph.ts';
import { withNorm } from './norm.ts';
import { add } from '../../../graph/ops/elementwise.ts';
import { PARAMETER_GROUPS, type ParameterGroup, type StepScalars } from '../types.ts';
import { updateScalars } from '../update.ts';
import { followed, scalarNames, UPDATE_SCALARS, type UpdateDefinition, updatedParameter } from '../update-rules.ts';

export interface UpdateGraphOptions {
  readonly parts: NetworkParts;
  readonly definition: UpdateDefinition;
  readonly optimizer: BoundOptimizer;
}

/** How a number of the optimizer is called for a group of parameters. */
const groupScalar = (name: string, group: ParameterGroup): string => `${name}:${group}`;

/** How a parameter's gradients are called that are added: those of the micro-batches before, and of the next one. */
export const SUMMANDS = {
  before: (parameter: string): string => `before:${parameter}`,
  found: (parameter: string): string => `found:${parameter}`,
} as const;

/**
 * What becomes of the state: from weights, the optimizer's tensors, averages, gradients and the running statistics after a batch
 * to each of them after the update, called `NAMES.next`.
 * @param statistics those that move, by name.
 */
export function updateGraph(
  { parts, definition, optimizer }: UpdateGraphOptions,
  statistics: readonly string[],
): Outputs {
  const number = (name: string): Value => input(name, 'float32', []);
  const shared = UPDATE_SCALARS.map((name): [string, Value] => [name, number(name)]);
  const scalars = Object.fromEntries(
    PARAMETER_GROUPS.map((group) => {
      const own = scalarNames(optimizer).map((name): [string, Value] => [name, number(groupScalar(name, group))]);
      return [group, Object.fromEntries([...own, ...shared])];
    }),
  ) as Readonly<Record<ParameterGroup, Readonly<Record<string, Value>>>>;
  const outputs: Record<string, Value> = {};
  for (const { name, parameter, group, decays } of parts.trainables) {
    const shape = knownShape(parameter);
    const tensor = (called: string): Value => input(called, 'float32', shape);
    const fedAs = namesByRole(name, optimizer.slots);
    const { weight, ema, ...slots } = Object.fromEntries(fedAs.map(([role, called]) => [role, tensor(called)]));
    const updated = updatedParameter(definition, optimizer, {
      weight: weight as Value,
      gradient: tensor(NAMES.gradient(name)),
      slots: slots as Readonly<Record<string, Value>>,
      ema: ema as Value,
      scalars: scalars[group],
      decays,
    });
    for (const [role, called] of fedAs) {
      const after = updated[role];
      if (after) outputs[NAMES.next(called)] = after;
    }
  }
  if (definition.averageDecay === null) return outputs;
  for (const name of statistics) {
    const shape = knownShape(parts.parameters.get(name) as Value);
    const [ema, after] = [NAMES.ema(name), NAMES.next(name)].map((called) => input(called, 'float32', shape));
    outputs[NAMES.next(NAMES.ema(name))] = followed(ema as Value, after as Value, number('emaRate'));
  }
  return outputs;
}

/** The numbers that an update's graph takes. */
export function updateFeeds(
  { definition, optimizer }: UpdateGraphOptions,
  norm: number,
  { rates, updates }: StepScalars,
): NamedTensors {
  const scalar = (name: string, value: number): [string, Tensor] => [name, float32([], [value])];
  const shared = Object.entries(updateScalars(definition, { norm, weight: 1, updates }));
  const own = PARAMETER_GROUPS.flatMap((group) =>
    Object.entries(optimizer.scalars(rates[group], updates)).map(
      ([name, value]) => [groupScalar(name, group), value] as const,
    ),
  );
  return Object.fromEntries([...shared, ...own].map(([name, value]) => scalar(name, value)));
}

/** The sums of gradients, called as gradients are, and their norm. */
export function sumGraph({ trainables }: NetworkParts): Outputs {
  const sums = trainables.map(({ name, parameter }): [string, Value] => {
    const [before, found] = [SUMMANDS.before, SUMMANDS.found].map((called) =>
      input(called(name), 'float32', knownShape(parameter)),
    );
    return [NAMES.gradient(name), add(before as Value, found as Value)];
  });
  return withNorm(Object.fromEntries(sums));
}
