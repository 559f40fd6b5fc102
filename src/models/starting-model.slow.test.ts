import { describe, expect, test } from 'vitest';
import type { Weights } from '../tensor/weights.ts';
import { startingModel } from './starting-model.ts';

const NAME = 'refinenet-lw-mobilenetv2';
const fresh = (classes: number, seed = 1) => startingModel({ architecture: NAME, classes, seed });
const part = (weights: Weights, prefix: string) => new Map([...weights].filter(([name]) => name.startsWith(prefix)));

describe('the model that training starts from', () => {
  test('keeps the encoder of an encoder alone, and of a network with another decoder', () => {
    const { weights } = fresh(3);
    const encoder = part(weights, 'encoder.');
    const onEncoder = startingModel({ architecture: NAME, given: encoder, classes: 3, seed: 9 });
    expect(onEncoder.kept).toBe('the encoder');
    expect(part(onEncoder.weights, 'encoder.')).toEqual(encoder);
    expect(onEncoder.weights.get('decoder.classifier.weight')).not.toEqual(weights.get('decoder.classifier.weight'));

    const light = startingModel({ architecture: 'refinenet-lw-resnet18', classes: 3, seed: 1 });
    const full = startingModel({ architecture: 'refinenet-resnet18', given: light.weights, classes: 3, seed: 9 });
    expect([full.kept, full.architecture]).toEqual(['the encoder', 'refinenet-resnet18']);
    expect(part(full.weights, 'encoder.')).toEqual(part(light.weights, 'encoder.'));
  });
});
