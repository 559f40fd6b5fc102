import { describe, expect, test } from 'vitest';
import { architecture } from '../../../models/architectures.ts';
import { networkParameters } from '../../../models/network.ts';
import { initialize } from '../../../nn/initialize.ts';
import { bytesOf, type Tensor } from '../../../tensor/tensor.ts';
import { PRESETS } from '../../presets.ts';
import { networkParts } from '../graph.ts';
import type { StepDefinition } from '../types.ts';
import { ROW } from './norm.ts';
import { pack, packedParts, unpack } from './packs.ts';

const packsOf = (name: 'refinenet-lw-resnet18' | 'refinenet-resnet101', changes: Partial<StepDefinition> = {}) => {
  const parts = networkParts(architecture(name, 3), { ...PRESETS.default.step, ...changes });
  return { parts, packed: packedParts(parts) };
};

describe('packs', () => {
  test('hold every parameter that trains once, end to end, in whole rows', () => {
    const { parts, packed } = packsOf('refinenet-lw-resnet18');
    const members = packed.trained.flatMap((each) => each.members);
    expect(members.map(({ name }) => name).sort()).toEqual(parts.trainables.map(({ name }) => name).sort());
    for (const { members: own, parameter } of packed.trained) {
      expect(own.map(({ start }) => start)).toEqual([0, ...own.slice(0, -1).map(({ end }) => end)]);
      const [numbers] = parameter.shape as [number];
      expect(numbers % ROW).toBe(0);
      expect(numbers - (own.at(-1)?.end as number)).toBeLessThan(ROW);
    }
  });

  test('hold together only what has one rate and decays alike', () => {
    const { parts, packed } = packsOf('refinenet-lw-resnet18', { decayNormAndBias: false });
    const kindOf = new Map(parts.trainables.map(({ name, group, decays }) => [name, { group, decays }]));
    packed.trained.forEach(({ members }, index) => {
      const { group, decays } = packed.trainables[index] as (typeof packed.trainables)[0];
      for (const { name } of members) expect(kindOf.get(name)).toEqual({ group, decays });
    });
    expect(packed.trained).toHaveLength(new Set([...kindOf.values()].map((kind) => JSON.stringify(kind))).size);
  });

  test('have at most 128 MiB each', () => {
    const { packed } = packsOf('refinenet-resnet101');
    expect(packed.trained.length).toBeGreaterThan(packsOf('refinenet-lw-resnet18').packed.trained.length);
    for (const { parameter } of packed.trained) expect(4 * (parameter.shape[0] as number)).toBeLessThanOrEqual(2 ** 27);
  });

  test('hold the running statistics apart, where batches move them', () => {
    expect(packsOf('refinenet-lw-resnet18', { batchNorm: 'statistics-frozen' }).packed.statistics).toEqual([]);
    const { statistics } = packsOf('refinenet-lw-resnet18', { batchNorm: 'trained' }).packed;
    const names = statistics.flatMap(({ members }) => members.map(({ name }) => name));
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => /\.running_(mean|var)$/.test(name))).toBe(true);
  });

  test('give back the tensors that were packed, and zeros behind them', () => {
    const { packed } = packsOf('refinenet-lw-resnet18');
    const weights = initialize(networkParameters(architecture('refinenet-lw-resnet18', 3)), 1);
    for (const each of packed.trained) {
      const packedTensor = pack(each, (name) => weights.get(name) as Tensor);
      for (const [name, value] of unpack(each, packedTensor)) {
        const given = weights.get(name) as Tensor;
        expect(value.shape).toEqual(given.shape);
        expect(Buffer.compare(bytesOf(value), bytesOf(given))).toBe(0);
      }
      const rest = packedTensor.data.slice(each.members.at(-1)?.end);
      expect((rest as Float32Array).every((number) => number === 0)).toBe(true);
    }
  });
});
