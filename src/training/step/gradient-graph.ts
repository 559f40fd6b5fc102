/** The outputs of a training step's graph, up to its gradients. */
import { Reshape } from '../../graph/ops/shape.ts';
import type { Outputs } from '../../graph/rewrite/rewrite.ts';
import type { Value } from '../../graph/value.ts';
import type { NetworkDefinition } from '../../models/families.ts';
import {
  type BatchContent,
  type BatchShape,
  globalNorm,
  gradientValues,
  NAMES,
  type NetworkParts,
  number,
  REPORT,
} from './step-graph.ts';
import { type TeacherModel, teacherShape } from './teacher.ts';
import type { Reduction, StepDefinition } from './types.ts';

export interface GradientGraphOptions {
  readonly network: NetworkDefinition;
  readonly step: StepDefinition;
  readonly shape: BatchShape;
  readonly takes?: BatchContent;
  readonly teacher?: Pick<TeacherModel, 'definition'>;
}

/** Computes from weights and a batch the loss, its gradients and the new running statistics. */
export function gradientGraph(
  { network, step, shape, teacher, takes }: GradientGraphOptions,
  parts: NetworkParts,
  reduction: Reduction,
): Outputs {
  const ofMean = number(1 / step.accumulate);
  const { loss, weight, pixels, correct, gradients, statistics } = gradientValues(
    network,
    step,
    parts,
    shape,
    reduction === 'mean' ? () => ofMean : (values) => values.weight,
    teacher && teacherShape(teacher.definition, shape),
    takes,
  );
  const named = (values: ReadonlyMap<string, Value>, called: (name: string) => string): Outputs =>
    Object.fromEntries([...values].map(([name, value]) => [called(name), value]));
  return {
    [REPORT.loss]: loss,
    ...(reduction === 'sum' && { [REPORT.weight]: weight }),
    [REPORT.pixels]: pixels,
    [REPORT.correct]: correct,
    ...named(gradients, NAMES.gradient),
    ...named(statistics, NAMES.next),
  };
}

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
