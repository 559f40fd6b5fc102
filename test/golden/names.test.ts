/** Published names and shapes against our networks', one to one. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parametersOf } from '../../src/graph/walk.ts';
import { architecture } from '../../src/models/architectures.ts';
import { detectArchitecture } from '../../src/models/detect-architecture.ts';
import { networkParameters } from '../../src/models/network.ts';
import { pixelValues } from '../../src/models/pixel-values.ts';
import { ENCODERS, type EncoderName } from '../../src/models/encoders/index.ts';
import { scope } from '../../src/nn/scope.ts';
import { elementCount } from '../../src/tensor/shape.ts';
import { float32, type Tensor } from '../../src/tensor/tensor.ts';
import type { Weights } from '../../src/tensor/weights.ts';
import { NAMINGS } from '../../src/weights/names/index.ts';
import { pytorchRefinenet } from '../../src/weights/names/pytorch-refinenet.ts';
import { refinenetPytorch } from '../../src/weights/names/refinenet-pytorch.ts';
import { torchvisionMobilenetv2 } from '../../src/weights/names/torchvision-mobilenetv2.ts';
import { translateNames } from '../../src/weights/translate-names.ts';

type Shapes = Record<string, readonly number[]>;

const PUBLISHED = JSON.parse(
  readFileSync(new URL('../fixtures/golden/state_dict_names.json', import.meta.url), 'utf8'),
) as Record<string, Shapes>;

const CASES = [
  ['refinenet101', 'refinenet-pytorch', 'refinenet-resnet101', 21],
  ['lightweight50', 'light-weight-refinenet', 'refinenet-lw-resnet50', 21],
  ['lightweight101', 'light-weight-refinenet', 'refinenet-lw-resnet101', 40],
  ['lightweight152', 'light-weight-refinenet', 'refinenet-lw-resnet152', 7],
  ['lightweight_mobilenetv2', 'light-weight-refinenet MobileNetV2', 'refinenet-lw-mobilenetv2', 21],
] as const;

/** All tensors share one memory, as only names and shapes are looked at. */
const memory = new Float32Array(10_000_000);
const tensors = (shapes: Iterable<readonly [string, readonly number[]]>): Map<string, Tensor> =>
  new Map(Array.from(shapes, ([name, shape]) => [name, float32(shape, memory.subarray(0, elementCount(shape)))]));

const shapesOf = (weights: Weights): Shapes =>
  Object.fromEntries([...weights].map(([name, { shape }]) => [name, shape] as const));

const parametersFor = (definition: ReturnType<typeof architecture>): Shapes =>
  Object.fromEntries([...networkParameters(definition)].map(([name, { shape }]) => [name, shape] as const));

const encoderParameters = (name: EncoderName): Shapes =>
  Object.fromEntries(
    [...parametersOf(ENCODERS[name].forward(scope('encoder'), pixelValues()))].map(
      ([key, { shape }]) => [key, shape] as const,
    ),
  );

test('every published network has a case', () => {
  expect(CASES.map(([published]) => published)).toEqual(Object.keys(PUBLISHED));
});

describe.each(CASES)('the published names of %s', (published, naming, name, classes) => {
  const translated = translateNames(tensors(Object.entries(PUBLISHED[published] as Shapes)));

  test(`are those of ${naming}`, () => {
    expect(translated.naming.name).toBe(naming);
    expect(translated.ignored).toEqual([]);
    expect(translated.unknown).toEqual([]);
  });

  test(`give exactly the names and shapes of ${name}`, () => {
    expect(shapesOf(translated.weights)).toEqual(parametersFor(architecture(name, classes)));
  });

  test(`are recognized as ${name} with ${classes} classes`, () => {
    expect(detectArchitecture(translated.weights, translated.naming.defaults)).toMatchObject({
      kind: 'network',
      architecture: name,
      definition: architecture(name, classes),
    });
  });

  test('can be had back from ours', () => {
    const back = [...translated.weights.keys()].map((key) => translated.naming.toForeign(key));
    expect(back).toEqual(Object.keys(PUBLISHED[published] as Shapes));
  });
});

describe('pytorch_refinenet', () => {
  const definition = architecture('refinenet-resnet101', 5, {
    skip: 'rectified',
    classifier: 1,
    pooling: { count: 3 },
  });
  const ours = parametersFor(definition);
  const names = Object.keys(ours).map((name) => pytorchRefinenet.toForeign(name) as string);
  const normalizations = names.filter((name) => name.endsWith('.running_mean'));
  const shapes = new Map([
    ...names.map((name, index) => [name, Object.values(ours)[index] as readonly number[]] as const),
    ...normalizations.map((name) => [name.replace('running_mean', 'num_batches_tracked'), []] as const),
  ]);

  test('has 708 names for ResNet-101', () => {
    expect(shapes.size).toBe(708);
    expect(names).toEqual(
      expect.arrayContaining([
        'layer1.0.weight',
        'layer1.1.running_var',
        'layer1.4.2.bn3.weight',
        'layer3.22.conv3.weight',
        'layer4_rn.weight',
        'refinenet4.rcu0.1.conv1.bias',
        'refinenet3.rcu1.0.conv2.weight',
        'refinenet1.mrf.resolve1.weight',
        'refinenet2.crp.block3.1.weight',
        'refinenet1.output_conv.conv2.weight',
        'output_conv.1.conv1.bias',
        'output_conv.2.bias',
      ]),
    );
  });

  // Its parts in the order in which its forward pass uses them, by the names refinenet-pytorch has for the same part.
  test.each([
    ['layer1.0.weight', 'conv1.weight'],
    ['layer1.4.2.bn3.bias', 'layer1.2.bn3.bias'],
    ['layer4_rn.weight', 'p_ims1d2_outl1_dimred.weight'],
    ['layer1_rn.weight', 'p_ims1d2_outl4_dimred.weight'],
    ['refinenet4.rcu0.0.conv1.bias', 'adapt_stage1_b.0.1_conv.bias'],
    ['refinenet4.rcu0.1.conv2.weight', 'adapt_stage1_b.0.2_conv_relu_varout_dimred.weight'],
    ['refinenet3.rcu1.0.conv1.weight', 'adapt_stage2_b.0.1_conv.weight'],
    ['refinenet1.rcu1.1.conv1.weight', 'adapt_stage4_b.0.2_conv.weight'],
    ['refinenet3.rcu0.0.conv1.weight', 'mflow_conv_g1_b.0.2_conv.weight'],
    ['refinenet1.rcu0.1.conv2.weight', 'mflow_conv_g3_b.0.3_conv_relu_varout_dimred.weight'],
    ['refinenet3.mrf.resolve0.weight', 'mflow_conv_g1_b3_joint_varout_dimred.weight'],
    ['refinenet1.mrf.resolve1.weight', 'adapt_stage4_b2_joint_varout_dimred.weight'],
    ['refinenet4.crp.block3.1.weight', 'mflow_conv_g1_pool.0.3_outvar_dimred.weight'],
    ['refinenet2.output_conv.conv1.weight', 'mflow_conv_g3_b.0.1_conv.weight'],
    ['output_conv.0.conv1.weight', 'mflow_conv_g4_b.0.2_conv.weight'],
    ['output_conv.1.conv2.weight', 'mflow_conv_g4_b.0.3_conv_relu_varout_dimred.weight'],
    ['output_conv.2.bias', 'clf_conv.bias'],
  ])('calls %s what refinenet-pytorch calls %s', (name, other) => {
    expect(pytorchRefinenet.toCanonical(name)).toBeTypeOf('string');
    expect(pytorchRefinenet.toCanonical(name)).toBe(refinenetPytorch.toCanonical(other));
  });

  test('is told apart by its names and implies the rectified skip', () => {
    const { naming, weights, unknown } = translateNames(tensors(shapes));
    expect(naming).toBe(pytorchRefinenet);
    expect(unknown).toEqual([]);
    expect(shapesOf(weights)).toEqual(ours);
    expect(detectArchitecture(weights, naming.defaults)).toMatchObject({
      architecture: 'refinenet-resnet101',
      definition,
    });
  });
});

describe('torchvision', () => {
  test.each(['resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152'] as const)('names the encoder %s', (name) => {
    const ours = encoderParameters(name);
    const { naming, weights, ignored } = translateNames(
      tensors([
        ...Object.entries(ours).map(([key, shape]) => [key.replace('encoder.', ''), shape] as const),
        ['bn1.num_batches_tracked', []],
        ['fc.weight', [1000, 512]],
        ['fc.bias', [1000]],
      ]),
    );
    expect(naming.name).toBe('torchvision ResNet');
    expect(ignored).toEqual(['fc.weight', 'fc.bias']);
    expect(shapesOf(weights)).toEqual(ours);
    expect(detectArchitecture(weights)).toEqual({ kind: 'encoder', encoder: name });
  });

  test('names the encoder mobilenetv2, whose missing expansion becomes an identity', () => {
    const ours = encoderParameters('mobilenetv2');
    const shapes = Object.entries(ours).flatMap(([key, shape]) => {
      const foreign = torchvisionMobilenetv2.toForeign(key);
      return foreign ? [[foreign, shape] as const] : [];
    });
    expect(Object.keys(ours).length - shapes.length).toBe(5);
    const { naming, weights, ignored } = translateNames(
      tensors([...shapes, ['features.18.0.weight', [1280, 320, 1, 1]], ['classifier.1.weight', [1000, 1280]]]),
    );
    expect(naming).toBe(torchvisionMobilenetv2);
    expect(ignored).toEqual(['features.18.0.weight', 'classifier.1.weight']);
    expect(shapesOf(weights)).toEqual(ours);
    expect(detectArchitecture(weights)).toEqual({ kind: 'encoder', encoder: 'mobilenetv2' });

    const of = (name: string): number[] =>
      Array.from(weights.get(`encoder.features.1.conv.0.${name}`)?.data as Float32Array);
    const kernel = of('0.weight');
    expect(kernel.filter((value) => value === 1)).toHaveLength(32);
    const [scale, shift, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((name) =>
      of(`1.${name}`),
    );
    for (let channel = 0; channel < 32; channel++) {
      expect(kernel[channel * 32 + channel]).toBe(1);
      const normalized = (x: number): number =>
        ((x - (mean?.[channel] as number)) / Math.sqrt((variance?.[channel] as number) + 1e-5)) *
          (scale?.[channel] as number) +
        (shift?.[channel] as number);
      expect(normalized(6)).toBeCloseTo(6, 6);
      expect(normalized(0)).toBe(0);
    }
  });
});

test('namings are told apart by name', () => {
  expect(new Set(NAMINGS.map(({ name }) => name)).size).toBe(NAMINGS.length);
});
