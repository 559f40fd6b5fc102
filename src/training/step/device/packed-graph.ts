/** The gradient graph over packs: parameters are cut out of them, and gradients and statistics leave as packs. */
import { numbersLike } from '../../../graph/ops/constants.ts';
import { DEVICE_RULES } from '../../../graph/gradient/on-device/index.ts';
import { MOST_PARTS } from '../../../graph/gradient/on-device/windows.ts';
import { concat, split } from '../../../graph/ops/structure.ts';
import { movedBy } from '../../../graph/ops/normalization.ts';
import { reshape } from '../../../graph/ops/shape.ts';
import { type Outputs, rewrite } from '../../../graph/rewrite/rewrite.ts';
import { apply, knownShape, type Value } from '../../../graph/value.ts';
import { STATISTICS_MOMENTUM } from '../../../nn/running-statistics.ts';
import { type GradientGraphOptions, reported, stepValues } from '../gradient-graph.ts';
import { NAMES, type NetworkParts } from '../graph.ts';
import { withNorm } from './norm.ts';
import type { Pack, PackedParts, PackMember } from './packs.ts';

/** Computes from packs and a batch the loss, its gradients with their norm, and the new running statistics. */
export function packedGradientGraph(options: GradientGraphOptions, parts: NetworkParts, packed: PackedParts): Outputs {
  const values = stepValues(options, parts, 'mean', DEVICE_RULES);
  const ofBatch = new Map(values.statistics.map((each) => [each.running.source.name, each.ofBatch]));
  const gradients = packed.trained.map(
    (pack) => [NAMES.gradient(pack.name), endToEnd(pack, values.gradients)] as const,
  );
  const statistics = packed.statistics.map(
    (pack) => [NAMES.next(pack.name), movedBy(STATISTICS_MOMENTUM, pack.parameter, endToEnd(pack, ofBatch))] as const,
  );
  const outputs = { ...reported(values, 'mean'), ...Object.fromEntries([...gradients, ...statistics]) };
  return withNorm(cutFromPacks(outputs, packed.trained));
}

/** The values of a pack's members one after another, and zeros to its end. */
function endToEnd({ name, members, parameter }: Pack, values: ReadonlyMap<string, Value>): Value {
  const flat = members.map((member) =>
    reshape(values.get(member.name) as Value, [member.end - member.start], `${name}/${member.name}`),
  );
  const rest = (parameter.shape[0] as number) - (members.at(-1) as PackMember).end;
  const all = rest === 0 ? flat : [...flat, numbersLike(parameter, [rest], new Float32Array(rest))];
  return all.length === 1 ? (all[0] as Value) : concat(all, 0, name);
}

/** The outputs with every parameter that lies in a pack taken from there. */
function cutFromPacks(outputs: Outputs, packs: readonly Pack[]): Outputs {
  const cut = new Map(packs.flatMap(({ parameter, members }) => cutApart(parameter, members)));
  const fromPack = (value: Value | null): Value | null =>
    value?.source.kind === 'parameter' ? (cut.get(value.source.name) ?? value) : value;
  return rewrite(outputs, {
    name: 'cut-from-packs',
    apply: ({ op, inputs, attributes, scope }) =>
      inputs.some((value) => fromPack(value) !== value) ? apply(op, inputs.map(fromPack), attributes, scope) : null,
  });
}

/** Members of a run of numbers by their names: parts of parts, so that few launches give many. Numbers after the last are left over. */
function cutApart(numbers: Value, members: readonly PackMember[]): readonly (readonly [name: string, Value])[] {
  const [first, last] = [members[0], members.at(-1)] as [PackMember, PackMember];
  const [count] = knownShape(numbers) as [number];
  const rest = count - (last.end - first.start);
  if (first === last && rest === 0) return [[first.name, reshape(numbers, first.shape, first.name)]];
  let perPart = 1;
  while (perPart * (MOST_PARTS - Math.sign(rest)) < members.length) perPart *= MOST_PARTS;
  const parts = Array.from({ length: Math.ceil(members.length / perPart) }, (_, index) =>
    members.slice(index * perPart, (index + 1) * perPart),
  );
  const lengths = parts.map((part) => (part.at(-1) as PackMember).end - (part[0] as PackMember).start);
  const values = split(numbers, 0, rest > 0 ? [...lengths, rest] : lengths, first.name);
  return parts.flatMap((part, index) => cutApart(values[index] as Value, part));
}
