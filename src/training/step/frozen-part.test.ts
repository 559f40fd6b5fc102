import { describe, expect, test } from 'vitest';
import { reach } from '../../graph/walk.ts';
import { architecture } from '../../models/architectures.ts';
import { PIXEL_VALUES } from '../../models/pixel-values.ts';
import { PRESETS } from '../presets.ts';
import { frozenSplit, networkParts } from './graph.ts';
import type { StepDefinition } from './types.ts';

const NETWORK = architecture('refinenet-lw-mobilenetv2', 3);
const SHAPE = { batch: 2, height: 64, width: 64 };

const split = (changes: Partial<StepDefinition>) =>
  frozenSplit(NETWORK, networkParts(NETWORK, { ...PRESETS['fine-tune'].step, ...changes }), SHAPE);

describe('splitFrozen', () => {
  test('ends a frozen encoder at the feature maps that the decoder takes', () => {
    const { frozen, result } = split({ frozen: ['encoder.*'] });
    const shapes = Object.values(frozen).map(({ shape }) => shape);
    expect(shapes).toHaveLength(6);
    expect(shapes).toContainEqual([2, 320, 2, 2]);
    expect(shapes).toContainEqual([2, 24, 16, 16]);
    const rest = reach([result]);
    expect([...rest.inputs.keys()].sort()).toEqual(Object.keys(frozen).sort());
    expect([...rest.parameters.keys()].filter((name) => name.startsWith('encoder.'))).toEqual([]);
    expect([...reach(Object.values(frozen)).inputs.keys()]).toEqual([PIXEL_VALUES]);
  });

  test('lets later stages of the encoder train', () => {
    const frozen = Array.from({ length: 14 }, (_, index) => `encoder.features.${index}.*`);
    const trained = [...reach([split({ frozen }).result]).parameters.keys()];
    expect(trained).toContain('encoder.features.17.conv.0.0.weight');
    expect(trained.some((name) => /features\.(?:\d|1[0-3])\./.test(name))).toBe(false);
  });

  test('says what to freeze where the first layer trains', () => {
    expect(() => split({ frozen: [] })).toThrow(/Freeze the encoder or its first stages, such as encoder\.\*/);
  });

  test('says where running statistics of the frozen part would move', () => {
    const frozen = ['encoder.*.weight', 'encoder.*.bias'];
    expect(() => split({ frozen, batchNorm: 'trained' })).toThrow(/running statistics in it move/);
  });
});
