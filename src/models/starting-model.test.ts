import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import type { Weights } from '../tensor/weights.ts';
import { architecture } from './architectures.ts';
import type { NetworkDefinition } from './families.ts';
import type { Variation } from './refinenet/variation.ts';
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

  describe("of a network of one's own", () => {
    const { decoder, ...rest } = architecture(NAME, 9, { encoderStride: 16, imagePooling: true });
    const pooling = (count: readonly number[]) => ({ ...decoder.pooling, count });
    /** One path of the encoder's last features alone, without pooling. */
    const coarse = {
      ...rest,
      decoder: {
        ...decoder,
        taps: ['layer8'],
        widths: [16],
        cascade: [1],
        pooling: pooling([0]),
        classifier: 1 as const,
      },
    };
    const whole = {
      ...rest,
      decoder: {
        ...coarse.decoder,
        taps: ['layer8', 'layer4', 'layer3'],
        widths: [16, 8, 8],
        cascade: [1, 2, 3],
        pooling: pooling([0, 2, 1]),
        classifier: 3 as const,
      },
    };

    test('is that network, for as many classes, on an encoder where one is given', () => {
      const drawn = startingModel({ network: coarse, classes: 3, seed: 1 });
      expect(drawn.definition).toEqual({ ...coarse, classes: 3 });
      expect(drawn.kept).toBe('nothing');
      const given = part(fresh(5).weights, 'encoder.');
      const { kept, weights } = startingModel({ network: coarse, given, classes: 3, seed: 1 });
      expect(kept).toBe('the encoder');
      expect(part(weights, 'encoder.')).toEqual(given);
      expect(part(weights, 'decoder.')).toEqual(part(drawn.weights, 'decoder.'));
    });

    test('keeps the blocks that are its coarsest, and everything of the same network', () => {
      const { definition, weights: given } = startingModel({ network: coarse, classes: 3, seed: 1 });
      const grown = startingModel({ network: whole, given, definition, classes: 3, seed: 2 });
      expect(grown.kept).toBe('the coarser blocks');
      expect(grown.definition).toEqual({ ...whole, classes: 3 });
      const path = 'decoder.reduction.0.weight';
      expect(grown.weights.get(path)).toBe(given.get(path));
      // As another program wrote it: what is usual in another form, and another dropout.
      const { decoder: same, ...others } = coarse;
      const dropout = { features: 0.5, classifier: 0 };
      const written = { decoder: { ...same, dropout, pooling: { count: 0, order: decoder.pooling.order } }, ...others };
      const again = startingModel({ network: written, given, definition, classes: 3, seed: 2 });
      expect([again.kept, again.weights]).toEqual(['everything', given]);
      expect(again.definition.decoder.dropout).toEqual(dropout);
    });

    test.each([
      ['wider', { widths: [32, 8, 8] }],
      ['of another activation', { activation: 'relu' as const }],
      ['pooled', { pooling: pooling([1, 2, 1]) }],
    ])('keeps the encoder alone where its coarsest blocks are %s', (_, change) => {
      const { definition, weights: given } = startingModel({ network: coarse, classes: 3, seed: 1 });
      const other = { ...whole, decoder: { ...whole.decoder, ...change } };
      expect(startingModel({ network: other, given, definition, classes: 3, seed: 2 }).kept).toBe('the encoder');
    });

    test('grows by blocks, too, which get the poolings of the architecture', () => {
      const { definition, weights: given } = startingModel({ architecture: NAME, blocks: 2, classes: 3, seed: 1 });
      const own = { ...definition, decoder: { ...definition.decoder, pooling: pooling([4, 4]) } };
      const grown = startingModel({ given, definition: own, blocks: 4, classes: 3, seed: 2 });
      expect(grown.definition.decoder.pooling.count).toEqual([4, 4, 4, 4]);
    });

    test('leaves nothing to an architecture beside it', () => {
      const asked = { network: coarse, classes: 3, seed: 1 };
      const other = { ...asked, architecture: 'refinenet-resnet50', blocks: 1, variation: { dropout: 0.2 } };
      expect(() => startingModel(other)).toThrow(
        'The network is given as a whole: leave architecture and blocks and dropout out, or say it in its definition.',
      );
      expect(startingModel({ ...asked, architecture: NAME }).architecture).toBe(NAME);
    });
  });

  describe('of a form that there is not', () => {
    const wrong: readonly [object, string, object][] = [
      [{ skip: 'inputs' }, 'decoder.skip', { skip: 'inputs' }],
      [{ pooling: { order: 'pool_conv' } }, 'decoder.pooling.order', { pooling: { order: 'pool_conv', count: 4 } }],
      [{ pooling: { count: 2.5 } }, 'decoder.pooling.count', { pooling: { order: 'pool-conv', count: 2.5 } }],
      [{ pooling: { count: -1 } }, 'decoder.pooling.count', { pooling: { order: 'pool-conv', count: -1 } }],
      [{ pooling: { counts: 2 } }, 'decoder.pooling.counts', { pooling: { order: 'pool-conv', count: 4, counts: 2 } }],
      [{ dropout: 1 }, 'decoder.dropout.features', { dropout: { features: 1, classifier: 0 } }],
      [{ dropout: -0.5 }, 'decoder.dropout.features', { dropout: { features: -0.5, classifier: 0 } }],
      [{ classifier: 2 }, 'decoder.classifier', { classifier: 2 }],
      [{ imagePooling: 'project' }, 'decoder.imagePooling', { imagePooling: 'project' }],
      [{ stridePlacement: '3X3' }, 'stridePlacement', {}],
      [{ encoderStride: 12 }, 'encoderStride', {}],
      [{ encoderStride: 64 }, 'encoderStride', {}],
    ];

    test.each(wrong)('is refused with the field that is wrong: %j', (given, field, ofDecoder) => {
      const variation = given as Variation;
      const problem = new RegExp(`^There is no such form of ${NAME}: ${field}: [^;]+$`);
      expect(() => architecture(NAME, 3, variation)).toThrow(UsageError);
      expect(() => architecture(NAME, 3, variation)).toThrow(problem);
      const { decoder, ...rest } = architecture(NAME, 3);
      const ofEncoder = Object.keys(ofDecoder).length === 0 ? given : {};
      const network = { ...rest, ...ofEncoder, decoder: { ...decoder, ...ofDecoder } } as NetworkDefinition;
      expect(() => startingModel({ network, classes: 3, seed: 1 })).toThrow(problem);
    });

    test('is refused of weights, too, whose dropout may be another', () => {
      const { weights: given } = fresh(3);
      const dropped = () => startingModel({ given, classes: 3, seed: 1, variation: { dropout: 1 } });
      expect(dropped).toThrow(`There is no such form of ${NAME}: decoder.dropout.features: `);
    });
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
