import { describe, expect, test } from 'vitest';
import { parametersOf } from '../graph/walk.ts';
import { scope } from '../nn/scope.ts';
import { float32, type Tensor } from '../tensor/tensor.ts';
import { elementCount } from '../tensor/shape.ts';
import { architecture, ARCHITECTURE_NAMES, type ArchitectureName } from './architectures.ts';
import { detectArchitecture } from './detect-architecture.ts';
import { networkParameters } from './network.ts';
import { pixelValues } from './pixel-values.ts';
import { type CascadeName, CASCADES } from './refinenet/cascades.ts';
import type { Variation } from './refinenet/variation.ts';
import { ENCODER_NAMES, ENCODERS } from './encoders/index.ts';

/** Zeros of these shapes; all share one memory, as only shapes are looked at. */
const memory = new Float32Array(10_000_000);
const zeros = (shape: readonly number[]): Tensor => float32(shape, memory.subarray(0, elementCount(shape)));

const weightsOf = (name: string, classes: number, variation: Variation = {}): Map<string, Tensor> =>
  new Map(
    [...networkParameters(architecture(name, classes, variation))].map(([key, { shape }]) => [key, zeros(shape)]),
  );

describe('detecting an architecture', () => {
  test.each(ARCHITECTURE_NAMES)('finds %s in its own tensors', (name) => {
    const found = detectArchitecture(weightsOf(name, 21));
    expect(found).toMatchObject({ kind: 'network', architecture: name, definition: architecture(name, 21) });
  });

  test.each(
    (Object.keys(CASCADES) as CascadeName[]).flatMap((cascade) =>
      (['refinenet-resnet50', 'refinenet-lw-resnet18'] as ArchitectureName[]).map((name) => [cascade, name] as const),
    ),
  )('finds the cascade %s of %s', (cascade, name) => {
    const definition = architecture(name, 3, { cascade });
    expect(detectArchitecture(weightsOf(name, 3, { cascade }))).toEqual({
      kind: 'network',
      architecture: name,
      cascade,
      definition,
    });
  });

  test.each([
    [2, 1, 150],
    [3, 3, 1],
    [4, 1, 60],
  ] as const)('reads %i pooling blocks, a classifier of kernel %i and %i classes', (count, classifier, classes) => {
    const variation = { pooling: { count }, classifier };
    expect(detectArchitecture(weightsOf('refinenet-lw-resnet34', classes, variation))).toMatchObject({
      architecture: 'refinenet-lw-resnet34',
      definition: architecture('refinenet-lw-resnet34', classes, variation),
    });
  });

  test('takes what tensors do not show from its caller', () => {
    const variant = { skip: 'rectified', poolingOrder: 'conv-pool', stridePlacement: '1x1' } as const;
    expect(detectArchitecture(weightsOf('refinenet-resnet18', 2), variant)).toMatchObject({
      definition: { stridePlacement: '1x1', decoder: { skip: 'rectified', pooling: { order: 'conv-pool', count: 4 } } },
    });
  });

  test.each(ENCODER_NAMES)('finds the encoder %s alone', (name) => {
    const parameters = parametersOf(ENCODERS[name].forward(scope('encoder'), pixelValues()));
    const weights = new Map([...parameters].map(([key, { shape }]) => [key, zeros(shape)]));
    expect(detectArchitecture(weights)).toEqual({ kind: 'encoder', encoder: name });
  });

  test('leaves a few missing and strange tensors to the strict comparison', () => {
    const weights = weightsOf('refinenet-lw-resnet18', 11);
    weights.delete('encoder.layer4.1.conv2.weight');
    weights.delete('decoder.classifier.bias');
    weights.set('auxiliary.weight', zeros([1]));
    weights.set('decoder.reduction.1.weight', zeros([2, 2]));
    expect(detectArchitecture(weights)).toMatchObject({
      architecture: 'refinenet-lw-resnet18',
      definition: { classes: 11 },
    });
  });

  test('finds the form of an architecture that the caller names', () => {
    const weights = weightsOf('refinenet-lw-resnet18', 4, { cascade: '2-cascaded' });
    expect(detectArchitecture(weights, {}, 'refinenet-lw-resnet18')).toMatchObject({ cascade: '2-cascaded' });
  });

  test('takes the published form of an architecture that the caller names and the weights are not of', () => {
    expect(
      detectArchitecture(weightsOf('refinenet-lw-resnet18', 4), { skip: 'rectified' }, 'refinenet-resnet18'),
    ).toEqual({
      kind: 'network',
      architecture: 'refinenet-resnet18',
      cascade: undefined,
      definition: architecture('refinenet-resnet18', 4, { skip: 'rectified' }),
    });
  });

  test('refuses an architecture that does not exist', () => {
    expect(() => detectArchitecture(weightsOf('refinenet-lw-resnet18', 4), {}, 'deeplab')).toThrow(
      'There is no architecture "deeplab".',
    );
  });

  test('says what was found when there is no encoder', () => {
    expect(() => detectArchitecture(new Map([['conv1.weight', zeros([64, 3, 7, 7])]]))).toThrow(
      'The weights hold no encoder: none of the 1 names begins with "encoder." ("conv1.weight" [64, 3, 7, 7]). Translate the names first.',
    );
  });

  test('names the nearest encoder when none fits', () => {
    const weights = new Map([
      ['encoder.conv1.weight', zeros([64, 3, 7, 7])],
      ['encoder.bn1.weight', zeros([64])],
    ]);
    expect(() => detectArchitecture(weights)).toThrow(
      /^The weights are of no known encoder: the nearest is resnet18, of whose 100 tensors 2 are there in name and shape, among 2 found \("conv1.weight" \[64, 3, 7, 7\], "bn1.weight" \[64\]\)\. Known are resnet18, resnet34,/,
    );
  });

  test('names the nearest network when no decoder fits', () => {
    const weights = weightsOf('refinenet-lw-resnet18', 2);
    for (let index = 0; index < 200; index++) weights.set(`decoder.strange.${index}`, zeros([1]));
    expect(() => detectArchitecture(weights)).toThrow(
      /^The weights are of no known decoder: the nearest is refinenet-lw-resnet18 4-cascaded, of whose 28 tensors 28 are there in name and shape, among 228 found \(.*\)\. Known are refinenet-resnet18 single, /,
    );
  });

  test('needs a classifier to read the number of classes from', () => {
    const weights = weightsOf('refinenet-lw-resnet18', 2);
    weights.delete('decoder.classifier.weight');
    expect(() => detectArchitecture(weights)).toThrow(
      "decoder.classifier.weight is missing, so the number of classes cannot be read. Give the whole network's weights, or an encoder's alone.",
    );
  });

  test.each([[[2, 256]], [[2, 256, 5, 5]], [[2, 256, 3, 1]], [[70_000, 8, 1, 1]], [[]]])(
    'refuses a classifier of shape %j',
    (shape) => {
      const weights = weightsOf('refinenet-lw-resnet18', 2);
      weights.set('decoder.classifier.weight', zeros(shape));
      expect(() => detectArchitecture(weights)).toThrow(
        `decoder.classifier.weight: a classifier has the shape [classes, channels, k, k] with k = 1 or 3 and up to 65536 classes, got [${shape.join(', ')}].`,
      );
    },
  );
});
