/** What a graph's outputs reach, in an order in which it can be computed. */
import { ShapeError } from '../errors.ts';
import { sameShape } from '../tensor/shape.ts';
import { formatType, type Input, type Node, type Parameter, type Value } from './value.ts';

export interface Reachable {
  /** Every node after the nodes it takes inputs from. */
  readonly nodes: readonly Node[];
  /** Graph inputs by name, in the order they are first needed. */
  readonly inputs: ReadonlyMap<string, Input>;
  /** Parameters by name, in the order they are first needed. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly constants: readonly Value[];
}

/**
 * Everything that the outputs depend on.
 * @throws ShapeError if two different inputs or parameters share a name but not type and shape.
 */
export function reach(outputs: Iterable<Value>): Reachable {
  const nodes = new Set<Node>();
  const inputs = new Map<string, Input>();
  const parameters = new Map<string, Parameter>();
  const constants = new Set<Value>();
  const started = new Set<Node>();
  // An explicit stack: training graphs are deeper than the call stack allows.
  const stack: { node: Node; next: number }[] = [];

  const visit = (value: Value): void => {
    const { source } = value;
    if (source.kind === 'input') addNamed(inputs, source.name, value as Input);
    else if (source.kind === 'parameter') addNamed(parameters, source.name, value as Parameter);
    else if (source.kind === 'constant') constants.add(value);
    else if (!started.has(source.node)) {
      started.add(source.node);
      stack.push({ node: source.node, next: 0 });
    }
  };

  for (const output of outputs) {
    visit(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { node: Node; next: number };
      if (top.next < top.node.inputs.length) {
        const value = top.node.inputs[top.next++];
        if (value) visit(value);
      } else {
        nodes.add(top.node);
        stack.pop();
      }
    }
  }
  return { nodes: [...nodes], inputs, parameters, constants: [...constants] };
}

/** The parameters that the outputs depend on, by name. */
export function parametersOf(outputs: Iterable<Value>): ReadonlyMap<string, Parameter> {
  return reach(outputs).parameters;
}

function addNamed<T extends Value>(named: Map<string, T>, name: string, value: T): void {
  const known = named.get(name);
  if (known && !(known.dtype === value.dtype && sameShape(known.shape, value.shape))) {
    throw new ShapeError(
      `${name}: used as ${formatType(known)} and as ${formatType(value)}. Give one of them another name.`,
    );
  }
  if (!known) named.set(name, value);
}
