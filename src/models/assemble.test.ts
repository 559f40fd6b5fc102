import { beforeAll, describe, expect, test } from 'vitest';
import { initialize } from '../nn/initialize.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import type { Weights } from '../tensor/weights.ts';
import { architecture } from './architectures.ts';
import { networkParameters } from './network.ts';
import { assembleWeights } from './assemble.ts';

const NAME = 'refinenet-lw-resnet18';
const parametersFor = (definition: ReturnType<typeof architecture>) => networkParameters(definition);
const only = (weights: Weights, prefix: string): Map<string, Tensor> =>
  new Map([...weights].filter(([name]) => name.startsWith(prefix)));

describe('assembling weights', () => {
  let given: Weights;
  beforeAll(() => {
    given = initialize(parametersFor(architecture(NAME, 11)), 5);
  });

  test('takes every tensor as it is given', () => {
    const { weights, fresh } = assembleWeights(architecture(NAME, 11), given, { reinitialize: 'none', seed: 1 });
    expect(fresh).toEqual([]);
    expect([...weights.keys()]).toEqual([...given.keys()]);
    for (const [name, value] of weights) expect(value).toBe(given.get(name));
  });

  test('draws a classifier for another number of classes and keeps the rest', () => {
    const definition = architecture(NAME, 3);
    const { weights, fresh } = assembleWeights(definition, given, { reinitialize: 'classifier', seed: 1 });
    expect(fresh).toEqual(['decoder.classifier.weight', 'decoder.classifier.bias']);
    expect([...weights.keys()]).toEqual([...parametersFor(definition).keys()]);
    expect(weights.get('decoder.classifier.weight')?.shape).toEqual([3, 256, 3, 3]);
    for (const [name, value] of weights) if (!fresh.includes(name)) expect(value).toBe(given.get(name));
  });

  test('draws a whole decoder around an encoder, the same for the same seed', () => {
    const definition = architecture('refinenet-lw-resnet18', 3, { cascade: 'single' });
    const encoder = only(given, 'encoder.');
    const { weights, fresh } = assembleWeights(definition, encoder, { reinitialize: 'decoder', seed: 1 });
    expect(weights.size).toBe(encoder.size + fresh.length);
    expect(fresh.every((name) => name.startsWith('decoder.'))).toBe(true);
    const numbers = (of: Weights): unknown => of.get('decoder.reduction.0.weight')?.data.slice(0, 100);
    const again = assembleWeights(definition, given, { reinitialize: 'decoder', seed: 1 });
    expect(numbers(again.weights)).toEqual(numbers(weights));
    const other = assembleWeights(definition, encoder, { reinitialize: 'decoder', seed: 2 });
    expect(numbers(other.weights)).not.toEqual(numbers(weights));
  });

  test('gives one encoder to each of several', () => {
    const definition = architecture(NAME, 3, { cascade: '4-cascaded-2-scale' });
    const { weights } = assembleWeights(definition, only(given, 'encoder.'), { reinitialize: 'decoder', seed: 1 });
    expect(weights.get('encoders.0.conv1.weight')).toBe(given.get('encoder.conv1.weight'));
    expect(weights.get('encoders.1.conv1.weight')).toBe(given.get('encoder.conv1.weight'));
  });

  test('suggests to reinitialize the classifier when only that does not fit', () => {
    expect(() =>
      assembleWeights(architecture(NAME, 3), given, { reinitialize: 'none', seed: 1, subject: 'camvid.pth' }),
    ).toThrow(
      [
        'camvid.pth: 2 tensors do not fit the network.',
        'Of another shape (found -> expected), 2:',
        '  decoder.classifier.weight [11, 256, 3, 3] -> [3, 256, 3, 3]; decoder.classifier.bias [11] -> [3]',
        'To draw a fresh classifier for another number of classes, reinitialize "classifier".',
      ].join('\n'),
    );
  });

  test('suggests to reinitialize the decoder when there is none', () => {
    expect(() =>
      assembleWeights(architecture(NAME, 3), only(given, 'encoder.'), { reinitialize: 'classifier', seed: 1 }),
    ).toThrow(/\nThese weights hold an encoder only: to draw a fresh decoder, reinitialize "decoder"\.$/);
  });

  test('suggests to check the architecture when another decoder is given', () => {
    expect(() =>
      assembleWeights(architecture('refinenet-resnet18', 11), given, { reinitialize: 'none', seed: 1 }),
    ).toThrow(/\nCheck the architecture; to keep the encoder and draw a fresh decoder, reinitialize "decoder"\.$/);
  });

  test('names a misshapen encoder tensor whatever is reinitialized', () => {
    const wrong = new Map(given).set('encoder.bn1.bias', float32([1], [0]));
    expect(() => assembleWeights(architecture(NAME, 11), wrong, { reinitialize: 'decoder', seed: 1 })).toThrow(
      'encoder.bn1.bias [1] -> [64]\nCheck that the weights and the architecture belong together.',
    );
  });

  test('refuses a part it does not know', () => {
    expect(() =>
      assembleWeights(architecture(NAME, 11), given, { reinitialize: 'encoder' as 'none', seed: 1 }),
    ).toThrow('reinitialize is one of none, classifier, decoder, got "encoder".');
  });
});
