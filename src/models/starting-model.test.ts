import { describe, expect, test } from 'vitest';
import type { Weights } from '../tensor/weights.ts';
import { architecture } from './architectures.ts';
import { startingModel } from './starting-model.ts';

const NAME = 'refinenet-lw-mobilenetv2';
const fresh = (classes: number, seed = 1) => startingModel({ architecture: NAME, classes, seed });
const part = (weights: Weights, prefix: string) => new Map([...weights].filter(([name]) => name.startsWith(prefix)));
const without = (weights: Weights, prefix: string) =>
  new Map([...weights].filter(([name]) => !name.startsWith(prefix)));

describe('the model that training starts from', () => {
  test('is drawn for the architecture without weights', () => {
    const { definition, kept, weights } = fresh(3);
    expect(definition).toEqual(architecture(NAME, 3));
    expect(kept).toBe('nothing');
    const drawn = (model: { weights: Weights }) => model.weights.get('decoder.classifier.weight')?.data;
    expect([...weights.keys()]).toContain('encoder.features.0.0.weight');
    expect(drawn(fresh(3))).toEqual(drawn({ weights }));
    expect(drawn(fresh(3, 2))).not.toEqual(drawn({ weights }));
  });

  test('keeps everything of a network for as many classes, and all but the classifier for others', () => {
    const { weights: given } = fresh(3);
    const same = startingModel({ given, classes: 3, seed: 9 });
    expect([same.kept, same.architecture]).toEqual(['everything', NAME]);
    expect(same.weights).toEqual(given);
    const other = startingModel({ given, classes: 5, seed: 9 });
    expect([other.kept, other.definition.classes]).toEqual(['all but the classifier', 5]);
    expect(without(other.weights, 'decoder.classifier.')).toEqual(without(given, 'decoder.classifier.'));
    expect(other.weights.get('decoder.classifier.bias')?.shape).toEqual([5]);
  });

  test('has the variation that is asked for, which grows with it and is not asked of a whole network', () => {
    const variation = { encoderStride: 16, imagePooling: true, dropout: 0.2 } as const;
    const coarse = startingModel({ architecture: NAME, classes: 3, seed: 1, blocks: 1, variation });
    expect(coarse.definition.decoder.taps).toEqual(['layer8', 'layer7', 'layer6', 'layer5']);
    const given = { given: coarse.weights, definition: coarse.definition };
    const whole = startingModel({ ...given, classes: 3, seed: 2, blocks: 3 });
    expect(whole.definition).toEqual(architecture(NAME, 3, variation));
    const pooling = 'decoder.reduction.0.image_pooling.weight';
    expect(whole.weights.get(pooling)).toBe(coarse.weights.get(pooling));
    expect(() => startingModel({ ...given, classes: 3, seed: 2, variation, subject: 'a.safetensors' })).toThrow(
      'a.safetensors are of a whole network, which has its form already: leave encoderStride and imagePooling out.',
    );
    const dropped = { ...given, classes: 3, seed: 2, variation: { dropout: 0.4 } };
    expect(startingModel(dropped).definition.decoder.dropout).toEqual({ features: 0.4, classifier: 0 });
    expect(startingModel({ ...dropped, blocks: 3 }).definition).toEqual(
      architecture(NAME, 3, { ...variation, dropout: 0.4 }),
    );
  });

  test('must be named where the weights do not say it', () => {
    const encoder = part(fresh(3).weights, 'encoder.');
    expect(() => startingModel({ given: encoder, classes: 3, seed: 1, subject: 'mobile.pth' })).toThrow(
      /^Say which architecture to train\. mobile\.pth holds an encoder only\. There are refinenet-resnet18, /,
    );
  });

  test('refuses an encoder of another kind than the architecture asks for', () => {
    const encoder = part(fresh(3).weights, 'encoder.');
    expect(() =>
      startingModel({ architecture: 'refinenet-resnet18', given: encoder, classes: 3, seed: 1, subject: 'mobile.pth' }),
    ).toThrow('mobile.pth');
  });
});
