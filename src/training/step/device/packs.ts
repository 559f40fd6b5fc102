/**
 * Packs: the parameters of a kind end to end in one tensor, so that a device updates them all at once. What is updated alike goes
 * together, up to a size that every device binds.
 */
import { groupBy } from '../../../groups.ts';
import { parameter, type Parameter } from '../../../graph/value.ts';
import { elementCount } from '../../../tensor/shape.ts';
import { type Tensor, tensor } from '../../../tensor/tensor.ts';
import type { Trainable } from '../parameter-groups.ts';
import { movingNames } from '../state.ts';
import type { NetworkParts } from '../graph.ts';
import { ROW } from './norm.ts';

/** The most numbers of a pack: 128 MiB, which every device binds at once. A larger parameter has one of its own. */
const MOST_NUMBERS = 2 ** 25;

/** A parameter within a pack. */
export interface PackMember {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its first number's place in the pack, and the place after its last. */
  readonly start: number;
  readonly end: number;
}

export interface Pack {
  readonly name: string;
  /** The whole pack, [numbers]; zeros after its members make up whole rows. */
  readonly parameter: Parameter;
  readonly members: readonly PackMember[];
}

/** A network's parts whose moving parameters are packs: each is one trainable, or one statistic. */
export interface PackedParts extends NetworkParts {
  readonly trained: readonly Pack[];
  /** The running statistics that batches move; none where none move. */
  readonly statistics: readonly Pack[];
}

/** Packs what a step changes; what it leaves as it is stays as it is. */
export function packedParts(parts: NetworkParts): PackedParts {
  const kinds = groupBy(
    parts.trainables,
    ({ group, decays }) => `${group} ${decays ? 'that decays' : 'that does not decay'}`,
  );
  const ofKinds = [...kinds].flatMap(([kind, members]) => {
    const { group, decays } = members[0] as Trainable;
    const packs = packsOf(
      kind,
      members.map((each) => each.parameter),
    );
    return packs.map((pack) => ({ pack, trainable: { name: pack.name, parameter: pack.parameter, group, decays } }));
  });
  const moving = new Set(movingNames(parts));
  const names = new Set(parts.trainables.map(({ name }) => name));
  const moved = [...moving].filter((name) => !names.has(name)).map((name) => parts.parameters.get(name) as Parameter);
  const trained = ofKinds.map(({ pack }) => pack);
  const statistics = packsOf('running statistics', moved);
  const kept = [...parts.parameters].filter(([name]) => !moving.has(name));
  const packed = [...trained, ...statistics].map((pack): [string, Parameter] => [pack.name, pack.parameter]);
  return {
    mode: parts.mode,
    parameters: new Map([...kept, ...packed]),
    trainables: ofKinds.map(({ trainable }) => trainable),
    trained,
    statistics,
  };
}

/** Parameters one after another, in as many packs as they need. */
function packsOf(kind: string, parameters: readonly Parameter[]): Pack[] {
  const packs: { members: PackMember[]; count: number }[] = [];
  for (const { shape, source } of parameters) {
    const size = elementCount(shape);
    const last = packs.at(-1);
    const pack = last && last.count + size <= MOST_NUMBERS ? last : { members: [], count: 0 };
    if (pack !== last) packs.push(pack);
    pack.members.push({ name: source.name, shape, start: pack.count, end: pack.count + size });
    pack.count += size;
  }
  return packs.map(({ members, count }, index) => {
    const name = `pack ${index + 1} of ${kind}`;
    return {
      name,
      members,
      parameter: parameter(name, [Math.ceil(count / ROW) * ROW], { kind: 'constant', value: 0 }),
    };
  });
}

/** The pack's tensor. @param of the tensors of its members, by their names. */
export function pack({ parameter: { shape }, members }: Pack, of: (name: string) => Tensor): Tensor {
  const numbers = new Float32Array(shape[0] as number);
  for (const { name, start } of members) numbers.set(of(name).data as Float32Array, start);
  return tensor('float32', shape, numbers);
}

/** The tensors of its members by their names, in the memory of the pack's. */
export const unpack = ({ members }: Pack, { data }: Tensor): readonly (readonly [name: string, Tensor])[] =>
  members.map(({ name, shape, start, end }) => [
    name,
    tensor('float32', shape, (data as Float32Array).subarray(start, end)),
  ]);
