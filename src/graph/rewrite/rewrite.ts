/** Rewriting: a graph that computes the same numbers in another way, made by rules that look at one node at a time. */
import { isStatic } from '../dimension.ts';
import { apply, type Node, type Value } from '../value.ts';
import { reach } from '../walk.ts';

/** What a rule may ask about the graph that is being rewritten. */
export interface RewriteContext {
  /** How often a value is taken as an input or is an output of the graph. */
  uses(value: Value): number;
}

/** One way of rewriting, in a file of its own beside this. */
export interface Rewrite {
  readonly name: string;
  /**
   * Other values for a node's outputs, of the same types; null where the rule does not apply. Inputs have been
   * rewritten already; `original` is the node as it was, whose values `uses` knows.
   */
  apply(node: Node, original: Node, context: RewriteContext): readonly Value[] | null;
}

/** Named outputs, as graphs are passed around. */
export type Outputs = Readonly<Record<string, Value>>;

/** The outputs after one rule was tried on every node, producers before the nodes that take from them. */
export function rewrite<T extends Outputs>(outputs: T, rule: Rewrite): T {
  const values = Object.values(outputs);
  const { nodes } = reach(values);
  const uses = countUses(nodes, values);
  const rewritten = new Map<Value, Value>();
  const current = (value: Value | null): Value | null => (value ? (rewritten.get(value) ?? value) : null);
  const context: RewriteContext = { uses: (value) => uses.get(value) ?? 0 };
  for (const original of nodes) {
    const node = withInputs(original, original.inputs.map(current));
    const results = rule.apply(node, original, context) ?? node.outputs;
    original.outputs.forEach((value, index) => {
      const result = results[index] as Value;
      if (result !== value) rewritten.set(value, result);
    });
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, current(value)])) as T;
}

/** The outputs with some values exchanged for others of the same types. */
export function substitute<T extends Outputs>(outputs: T, replacements: ReadonlyMap<Value, Value>): T {
  return rewrite(outputs, {
    name: 'substitute',
    apply: (node, original) =>
      original.outputs.map((value, index) => replacements.get(value) ?? (node.outputs[index] as Value)),
  });
}

function countUses(nodes: readonly Node[], outputs: readonly Value[]): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  for (const value of [...outputs, ...nodes.flatMap(({ inputs }) => inputs)]) {
    if (value) uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  return uses;
}

function withInputs(node: Node, inputs: readonly (Value | null)[]): Node {
  if (inputs.every((value, index) => value === node.inputs[index])) return node;
  const [first] = apply(node.op, inputs, node.attributes, node.scope) as [Value];
  return (first.source as Extract<Value['source'], { kind: 'node' }>).node;
}

/** The node that made a value, if it was made by an operator of this name. */
export function producer(value: Value | null | undefined, operator: string): Node | null {
  return value?.source.kind === 'node' && value.source.node.op.name === operator ? value.source.node : null;
}

/** Whether everything that a value depends on is a parameter or a constant, so that the engine computes it once, at loading. */
export function isConstant(value: Value): boolean {
  const { nodes, inputs } = reach([value]);
  return inputs.size === 0 && nodes.every(({ outputs }) => outputs.every(({ shape }) => isStatic(shape)));
}
