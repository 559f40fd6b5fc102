import { describe, expect, test } from 'vitest';
import { architecture } from '../../models/architectures.ts';
import { networkParameters } from '../../models/network.ts';
import { groupOf, trainables } from './parameter-groups.ts';

const parameters = networkParameters(architecture('refinenet-resnet18', 5));
const ALL = { batchNorm: 'statistics-frozen', decayNormAndBias: true, frozen: [] } as const;

describe('parameter groups', () => {
  test('tell encoders, decoder and classifier apart by name', () => {
    expect(groupOf('encoder.conv1.weight')).toBe('encoder');
    expect(groupOf('encoders.1.conv1.weight')).toBe('encoder');
    expect(groupOf('decoder.head.0.conv1.weight')).toBe('decoder');
    expect(groupOf('decoder.classifier.bias')).toBe('classifier');
    expect(() => groupOf('conv1.weight')).toThrow(
      'conv1.weight: the parameter belongs to no group. Its name must begin with one of encoder., encoders., decoder.classifier., decoder..',
    );
  });
});

describe('what trains', () => {
  test('is every parameter but the running statistics', () => {
    const names = trainables(parameters, ALL).map(({ name }) => name);
    const statistics = [...parameters.keys()].filter((name) => /running_(mean|var)$/.test(name));
    expect(statistics.length).toBe(40);
    expect(new Set([...names, ...statistics])).toEqual(new Set(parameters.keys()));
    expect(names.length + statistics.length).toBe(parameters.size);
  });

  test('leaves weight and bias of batch normalization out where it is frozen', () => {
    const trained = trainables(parameters, { ...ALL, batchNorm: 'frozen' }).map(({ name }) => name);
    const left = trainables(parameters, ALL).filter(({ name }) => !trained.includes(name));
    expect(left.map(({ name }) => name).slice(0, 4)).toEqual([
      'encoder.bn1.weight',
      'encoder.bn1.bias',
      'encoder.layer1.0.bn1.weight',
      'encoder.layer1.0.bn1.bias',
    ]);
    expect(left.length).toBe(40);
  });

  test('decays all, or only what is neither normalization nor bias', () => {
    expect(trainables(parameters, ALL).every(({ decays }) => decays)).toBe(true);
    for (const { name, decays, parameter } of trainables(parameters, { ...ALL, decayNormAndBias: false })) {
      expect(decays, name).toBe(parameter.shape.length === 4);
    }
  });

  test('leaves frozen names out', () => {
    const names = trainables(parameters, { ...ALL, frozen: ['encoder.*', '*.bias'] }).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => name.startsWith('encoder.') || name.endsWith('.bias'))).toEqual([]);
  });

  test('is refused if nothing is left', () => {
    expect(() => trainables(parameters, { ...ALL, frozen: ['*'] })).toThrow('Nothing is left to train: frozen is *.');
  });
});
