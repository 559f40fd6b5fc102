/** The outputs of a training step's graph, up to its gradients. */
import type { GradientRules } from '../../graph/gradient/rule.ts';
import { Reshape } from '../../graph/ops/shape.ts';
import type { Outputs } from '../../graph/rewrite/rewrite.ts';
import type { Value } from '../../graph/value.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import { movedStatistics } from '../../nn/running-statistics.ts';
import type { LossValues } from '../losses/index.ts';
import {
  type BatchContent,
  type BatchShape,
  type GradientValues,
  globalNorm,
  gradientValues,
  NAMES,
  type NetworkParts,
  number,
  REPORT,
} from './graph.ts';
import { type TeacherModel, teacherShape } from './teacher.ts';
import type { Reduction, StepDefinition } from './types.ts';

export interface GradientGraphOptions {
  readonly network: NetworkDefinition;
  readonly step: StepDefinition;
  readonly shape: BatchShape;
  readonly takes?: BatchContent;
  readonly teacher?: Pick<TeacherModel, 'definition'>;
}

/**
 * Computes from weights and a batch the loss, its gradients and the new running statistics.
 * @param reduction whether gradients are those of a mean, divided by the number of micro-batches, or of a sum.
 */
export function gradientGraph(options: GradientGraphOptions, parts: NetworkParts, reduction: Reduction): Outputs {
  const values = stepValues(options, parts, reduction);
  const gradients = [...values.gradients].map(([name, value]) => [NAMES.gradient(name), value] as const);
  const statistics = [...movedStatistics(values.statistics)].map(([name, value]) => [NAMES.next(name), value] as const);
  return { ...reported(values, reduction), ...Object.fromEntries([...gradients, ...statistics]) };
}

/** What a step's graph computes, with gradients of a mean or of a sum. @param rules of operators in place of their own. */
export function stepValues(
  { network, step, shape, teacher, takes }: GradientGraphOptions,
  parts: NetworkParts,
  reduction: Reduction,
  rules?: Partial<GradientRules>,
): GradientValues {
  const ofMean = number(1 / step.accumulate);
  return gradientValues(network, step, parts, shape, {
    factor: reduction === 'mean' ? () => ofMean : ({ weight }) => weight,
    teacher: teacher && teacherShape(teacher.definition, shape),
    takes,
    rules,
  });
}

/** The outputs that say how a step went. */
export const reported = ({ loss, weight, pixels, correct }: LossValues, reduction: Reduction): Outputs => ({
  [REPORT.loss]: loss,
  ...(reduction === 'sum' && { [REPORT.weight]: weight }),
  [REPORT.pixels]: pixels,
  [REPORT.correct]: correct,
});

export const isGradient = (name: string): boolean => name.startsWith(NAMES.gradient(''));

/** The gradients without the last changes of their shapes: the engine copies what such a change makes an output. */
export const withoutReshapes = (outputs: Outputs): Outputs =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, isGradient(name) ? beforeReshape(value) : value]),
  );

/** The update, and the norm of the gradients. */
export function measured(outputs: Outputs): Outputs {
  const gradients = Object.entries(outputs).flatMap(([name, value]) => (isGradient(name) ? [value] : []));
  return { ...outputs, [REPORT.gradientNorm]: globalNorm(gradients) };
}

const beforeReshape = (value: Value): Value =>
  value.source.kind === 'node' && value.source.node.op.name === Reshape.name
    ? beforeReshape(value.source.node.inputs[0] as Value)
    : value;
