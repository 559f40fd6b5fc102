import { describe, expect, test } from 'vitest';
import { randomStream } from '../../tensor/random.ts';
import { float32, type Tensor } from '../../tensor/tensor.ts';
import type { Weights } from '../../tensor/weights.ts';
import { networkSession } from '../../inference/network-session.ts';
import { nodeBackend } from '../../platform/node/backend.ts';
import { architecture } from '../architectures.ts';
import type { NetworkDefinition } from '../families.ts';
import { initialize } from '../../nn/initialize.ts';
import { network, networkParameters } from '../network.ts';
import { PIXEL_VALUES, pixelValues } from '../pixel-values.ts';
import { startingModel } from '../starting-model.ts';
import type { RefineNetDefinition } from './definition.ts';
import { blocksOf, coarsestBlocks, grownWeights } from './growth.ts';

const SIDE = 64;
const { uniform } = randomStream(4, 'pixels');
const PIXELS = float32([1, 3, SIDE, SIDE], Float32Array.from({ length: 3 * SIDE * SIDE }, uniform));

async function logits(definition: NetworkDefinition, weights: Weights): Promise<Tensor> {
  const shape = { batch: 1, height: SIDE, width: SIDE };
  const outputs = { logits: network(definition, pixelValues(shape)) };
  const session = await networkSession(outputs, { weights }, await nodeBackend());
  const { logits } = await session.run({ [PIXEL_VALUES]: PIXELS });
  await session.dispose();
  return logits as Tensor;
}

/** The correlation of the coarse logits with the finer ones, averaged over the pixels of each coarse one. */
function agreement(coarse: Tensor, fine: Tensor): number {
  const [, classes, height, width] = coarse.shape as [number, number, number, number];
  const by = (fine.shape[2] as number) / height;
  const pairs: (readonly [number, number])[] = [];
  for (let c = 0; c < classes; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        // Aligned corners: the coarse number stands where the finer grid's own corner rule puts it.
        const at = (position: number, extent: number) => Math.round((position * (extent * by - 1)) / (extent - 1));
        const index = (c * height * by + at(y, height)) * width * by + at(x, width);
        pairs.push([Number(coarse.data[(c * height + y) * width + x]), Number(fine.data[index])]);
      }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(pairs.map(([one]) => one)), mean(pairs.map(([, other]) => other))];
  const covariance = mean(pairs.map(([one, other]) => (one - a) * (other - b)));
  const deviation = (part: 0 | 1, center: number) => Math.sqrt(mean(pairs.map((pair) => (pair[part] - center) ** 2)));
  return covariance / (deviation(0, a) * deviation(1, b));
}

describe('a network of the coarsest blocks', () => {
  test('has their paths alone, at one scale and at two', () => {
    const { decoder } = coarsestBlocks(architecture('refinenet-lw-mobilenetv2', 5), 2);
    expect([decoder.taps, decoder.cascade]).toEqual([
      ['layer8', 'layer7', 'layer6', 'layer5'],
      [1, 1, 2, 2],
    ]);
    const twoScales = architecture('refinenet-resnet18', 5, { cascade: '4-cascaded-2-scale' });
    expect(coarsestBlocks(twoScales, 3).decoder.cascade).toEqual([1, 2, 3, 1, 2, 3]);
    expect(() => coarsestBlocks(twoScales, 5)).toThrow(
      'The network has 4 RefineNet blocks, so 1 to 4 of them can be asked for, got 5.',
    );
  });

  test('grows to a finer one that says nearly the same, where one drawn anew says something else', async () => {
    const name = 'refinenet-lw-mobilenetv2';
    const small = startingModel({ architecture: name, classes: 3, seed: 1, blocks: 2 });
    const given = { given: small.weights, definition: small.definition };
    const grown = startingModel({ ...given, classes: 3, seed: 2, blocks: 4 });
    expect([grown.kept, blocksOf(grown.definition)]).toEqual(['the coarser blocks', 4]);
    expect(grown.definition).toEqual(architecture(name, 3));
    const drawn = new Map([...startingModel({ architecture: name, classes: 3, seed: 2 }).weights]);
    for (const [each, value] of small.weights) if (each.startsWith('encoder.')) drawn.set(each, value);
    const coarse = await logits(small.definition, small.weights);
    const agreements = await Promise.all(
      [grown.weights, drawn].map(async (weights) => agreement(coarse, await logits(grown.definition, weights))),
    );
    expect(agreements[0]).toBeGreaterThan(0.8);
    expect(Math.abs(agreements[1] as number)).toBeLessThan(0.6);
  });

  test('grows finer paths that are narrower, with a classifier of their own', () => {
    const architecture = 'refinenet-lw-mobilenetv2';
    const coarse = startingModel({ architecture, classes: 3, seed: 1, blocks: 2, widths: [256, 256, 128, 128] });
    const given = { given: coarse.weights, definition: coarse.definition };
    const grown = startingModel({ ...given, classes: 3, seed: 2, blocks: 4, widths: [256, 256, 128, 128, 64, 32] });
    expect(grown.weights.get('decoder.classifier.weight')?.shape).toEqual([3, 32, 3, 3]);
    expect(grown.weights.get('decoder.refinenet4.pooling.block1.weight')).toBe(
      coarse.weights.get('decoder.refinenet2.pooling.block1.weight'),
    );
    // What comes from below passes as it is: the first of its channels.
    const { shape, data } = grown.weights.get('decoder.refinenet1.fusion.0.weight') as Tensor;
    expect(shape).toEqual([32, 64, 1, 1]);
    expect(data[5 * 64 + 5]).toBeGreaterThan(0.5);
    // Those of the weights stay, and the architecture's are put on them, no wider.
    const { decoder } = startingModel({ ...given, classes: 3, seed: 2, blocks: 4 }).definition as RefineNetDefinition;
    expect(decoder.widths).toEqual([256, 256, 128, 128, 128, 128]);
    const others = () => startingModel({ ...given, classes: 3, seed: 2, blocks: 4, widths: [64, 64, 64, 64, 64, 64] });
    for (const widths of [
      [256, 128, 128, 128],
      [128, 128, 256, 256],
    ]) {
      const unequal = () => startingModel({ architecture, classes: 3, seed: 1, blocks: 2, widths });
      expect(unequal).toThrow('the paths of a block need one width, no wider than those of the block before.');
    }
    expect(others).toThrow('are of paths that refinenet-lw-mobilenetv2 does not have in these widths');
  });

  test('says nearly the same in narrower paths, which carry its scores where they have channels enough', async () => {
    const architecture = 'refinenet-lw-mobilenetv2';
    // Of one position: drawn at random, what a classifier says of neighbors differs from place to place.
    const variation = { classifier: 1 } as const;
    const coarse = startingModel({ architecture, classes: 3, seed: 1, blocks: 2, variation });
    const given = { given: coarse.weights, definition: coarse.definition, classes: 3, seed: 2, blocks: 4 };
    const expected = await logits(coarse.definition, coarse.weights);
    const agreementOf = async (widths: readonly number[]): Promise<number> => {
      const { definition, weights } = startingModel({ ...given, widths: [256, 256, 256, 256, ...widths] });
      return agreement(expected, await logits(definition, weights));
    };
    const carried = await agreementOf([24, 6]);
    expect(carried).toBeGreaterThan(0.9);
    // Units before the classifier are new, and add nothing to the scores.
    const { decoder, ...others } = startingModel({ ...given, widths: [256, 256, 256, 256, 24, 6] })
      .definition as RefineNetDefinition;
    const network = { ...others, decoder: { ...decoder, units: { ...decoder.units, head: 2 } } };
    const { weights, kept } = startingModel({
      network,
      given: coarse.weights,
      definition: coarse.definition,
      classes: 3,
      seed: 2,
    });
    expect(kept).toBe('the coarser blocks');
    expect(agreement(expected, await logits(network, weights))).toBeCloseTo(carried, 5);
    expect(await agreementOf([256, 6])).toBeGreaterThan(0.8);
    expect(Math.abs(await agreementOf([24, 5]))).toBeLessThan(0.6);
  });

  test('finds its blocks and paths again under the names that they have in the finer one, at every scale', () => {
    const scales = (cascade: readonly number[]) => {
      const { decoder, ...others } = architecture('refinenet-lw-resnet18', 3, { cascade: '4-cascaded-2-scale' });
      const paths = cascade.length / 2;
      const { taps, widths } = decoder;
      const cut = { taps: taps.slice(0, paths), widths: widths.slice(0, paths), cascade };
      return { ...others, decoder: { ...decoder, ...cut } };
    };
    const [from, to] = [scales([1, 2, 1, 2]), scales([1, 2, 3, 1, 2, 3])];
    const [small, fresh] = [from, to].map((each) => initialize(networkParameters(each), 1)) as [Weights, Weights];
    const marked = new Map([...small].map(([name, value]) => [name, { ...value, from: name }]));
    const grown = grownWeights(marked, from, to, fresh) as ReadonlyMap<string, Tensor & { readonly from?: string }>;
    const origin = (name: string) => grown.get(name)?.from;
    expect(origin('decoder.refinenet3.pooling.block1.weight')).toBe('decoder.refinenet2.pooling.block1.weight');
    expect(origin('decoder.refinenet2.fusion.0.weight')).toBe('decoder.refinenet1.fusion.0.weight');
    expect(origin('decoder.refinenet1.fusion.0.weight')).toBeUndefined();
    expect([0, 1, 2, 3, 4, 5].map((path) => origin(`decoder.reduction.${path}.weight`))).toEqual(
      [0, 1, undefined, 2, 3, undefined].map((path) =>
        path === undefined ? undefined : `decoder.reduction.${path}.weight`,
      ),
    );
    expect(new Set([...grown.values()].flatMap(({ from: each }) => each ?? [])).size).toBe(small.size);
  });

  test('keeps the classifier of as many classes, and draws it for others', () => {
    const small = startingModel({ architecture: 'refinenet-lw-mobilenetv2', classes: 3, seed: 1, blocks: 1 });
    const given = { given: small.weights, definition: small.definition, seed: 2, blocks: 3 };
    const name = 'decoder.classifier.weight';
    expect(startingModel({ ...given, classes: 3 }).weights.get(name)).toEqual(small.weights.get(name));
    expect(startingModel({ ...given, classes: 4 }).weights.get(name)?.shape[0]).toBe(4);
  });

  test('does not lose blocks, and takes only those of its own architecture', () => {
    const whole = startingModel({ architecture: 'refinenet-lw-mobilenetv2', classes: 3, seed: 1 });
    const given = { given: whole.weights, definition: whole.definition, classes: 3, seed: 2, subject: 'a.safetensors' };
    expect(() => startingModel({ ...given, blocks: 2 })).toThrow(
      'a.safetensors are of a network of 4 blocks, which can grow but not lose some: ask for 4 to 4, got 2.',
    );
    const { definition } = startingModel({ architecture: 'refinenet-lw-mobilenetv2', classes: 3, seed: 1, blocks: 1 });
    const other = { ...definition, decoder: { ...definition.decoder, taps: ['layer7', 'layer6'] } };
    expect(() => startingModel({ ...given, definition: other, blocks: 2 })).toThrow(
      'a.safetensors are of paths that refinenet-lw-mobilenetv2 does not have',
    );
  });
});
