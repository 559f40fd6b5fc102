import { describe, expect, test } from 'vitest';
import { classesNamed } from '../labels/classes-named.ts';
import { IMAGENET_PREPROCESSING } from '../image/preprocess.ts';
import { architecture } from '../models/architectures.ts';
import { startingModel } from '../models/starting-model.ts';
import { startingModelFor } from './starting-model-for.ts';

const dataset = { classes: classesNamed(['ground', 'leaf', 'stem']) };
const NAME = 'refinenet-lw-mobilenetv2';
const FIRST = 'decoder.reduction.5.weight';
const LAST = 'decoder.classifier.weight';

describe('startingModelFor', () => {
  test('makes the network for the classes of the data set, from the seed 0, and is a whole model', () => {
    const { definition, weights, classes, preprocessing, kept } = startingModelFor(dataset, { architecture: NAME });
    const plain = startingModel({ architecture: NAME, classes: 3, seed: 0 });
    expect(definition).toEqual(plain.definition);
    expect([...weights.keys()]).toEqual([...plain.weights.keys()]);
    expect(weights.get(LAST)).toEqual(plain.weights.get(LAST));
    expect(classes.map(({ name }) => name)).toEqual(['ground', 'leaf', 'stem']);
    expect(preprocessing).toEqual(IMAGENET_PREPROCESSING);
    expect(kept).toBe('nothing');
  });

  test('keeps what fits of a trained model, and how its pixels are normalized, but not at which size', () => {
    const { definition, weights } = startingModel({ architecture: NAME, classes: 7, seed: 4 });
    const trained = { ...IMAGENET_PREPROCESSING, mean: [0.5, 0.5, 0.5], resize: { width: 64, height: 64 } } as const;
    const model = startingModelFor(dataset, { definition, given: weights, preprocessing: trained });
    expect(model.kept).toBe('all but the classifier');
    expect(model.definition).toEqual({ ...definition, classes: 3 });
    expect(weights.has(FIRST)).toBe(true);
    expect(model.weights.get(FIRST)).toEqual(weights.get(FIRST));
    expect(model.weights.get(LAST)?.shape[0]).toBe(3);
    expect(model.preprocessing).toEqual({ ...trained, resize: null });
  });

  test('draws the weights of a network of your own, for the classes of the data set', () => {
    const published = architecture('refinenet-lw-resnet18', 9);
    const decoder = { ...published.decoder, taps: ['layer2', 'layer1'], widths: [16, 16], cascade: [1, 2] };
    const model = startingModelFor(dataset, { definition: { ...published, decoder }, seed: 1 });
    expect(model.definition).toEqual({ ...published, classes: 3, decoder });
    expect(model.kept).toBe('nothing');
    expect([...model.weights.keys()].some((name) => name.startsWith('encoder.layer3'))).toBe(false);
    expect(model.weights.get(LAST)?.shape).toEqual([3, 16, 3, 3]);
    const other = startingModelFor(dataset, { definition: { ...published, decoder }, seed: 2 });
    expect(other.weights.get(LAST)).not.toEqual(model.weights.get(LAST));
  });

  test('asks for a network where nothing tells which', () => {
    expect(() => startingModelFor(dataset, {})).toThrow('There are refinenet-resnet18, ');
  });
});
