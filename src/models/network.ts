/** The one door to networks: a definition to its graph, its parameters and its geometry, whichever family it is of. */
import { UsageError } from '../errors.ts';
import type { Parameter, Value } from '../graph/value.ts';
import { parametersOf } from '../graph/walk.ts';
import { problemsOf, unknownFields } from '../json-schema.ts';
import { type Scope, scope } from '../nn/scope.ts';
import { FAMILIES, type NetworkDefinition } from './families.ts';
import type { AnyDefinition, NetworkFamily, NetworkGeometry } from './family.ts';
import { pixelValues } from './pixel-values.ts';

/**
 * Class scores for normalized images x [N, 3, H, W]: logits [N, classes, ceil(H / stride), ceil(W / stride)] with the
 * network's output stride, before softmax. Parameters are `encoder.*` (`encoders.i.*` where there are several) and `decoder.*`.
 */
export function network(definition: NetworkDefinition, x: Value, root: Scope = scope()): Value {
  return familyOf(definition).forward(definition, x, root);
}

/** The parameters of a network by name, statistics included, in the order in which the network needs them. */
export function networkParameters(definition: NetworkDefinition): ReadonlyMap<string, Parameter> {
  return parametersOf([network(definition, pixelValues())]);
}

/** How the network's input and output lie to each other. */
export function networkGeometry(definition: NetworkDefinition): NetworkGeometry {
  return familyOf(definition).geometry(definition);
}

/**
 * The family of a definition.
 * @throws UsageError if there is none of its name.
 */
export function familyOf({ family = FAMILIES[0].name }: AnyDefinition): NetworkFamily<NetworkDefinition> {
  const found = FAMILIES.find(({ name }) => name === family);
  if (found) return found;
  throw new UsageError(
    `There is no family of networks "${family}". There are ${FAMILIES.map(({ name }) => name).join(', ')}.`,
  );
}

/**
 * A definition, if it is one of a network that there is.
 * @throws UsageError naming every field that is wrong.
 */
export function checkedDefinition<Definition extends NetworkDefinition>(definition: Definition): Definition {
  const { schema, nameOf } = familyOf(definition);
  const result = schema.safeParse(definition);
  const problems = result.success
    ? unknownFields(definition, { ...result.data, family: undefined })
    : problemsOf(result.error);
  if (problems.length === 0) return definition;
  throw new UsageError(`There is no such form of ${nameOf(definition)}: ${problems.join('; ')}`);
}
