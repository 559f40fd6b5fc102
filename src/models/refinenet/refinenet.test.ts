import { describe, expect, test } from 'vitest';
import { parametersOf, reach } from '../../graph/walk.ts';
import { EVALUATION, scope } from '../../nn/scope.ts';
import { architecture, ARCHITECTURE_NAMES } from '../architectures.ts';
import { pixelValues } from '../pixel-values.ts';
import { networkGeometry, networkParameters } from '../network.ts';
import type { CascadeName } from './cascades.ts';
import type { RefineNetDefinition } from './definition.ts';
import { detectRefineNet } from './detect.ts';
import { growsInto, isSameForm } from './form.ts';
import { coarsestBlocks } from './growth.ts';
import { refineNet } from './refinenet.ts';
import type { Variation } from './variation.ts';
import { summarize } from '../summary.ts';

const at512 = { width: 512, height: 512 };

describe('counts equal the published ones to the last digit', () => {
  // Parameters in millions and multiply-adds in billions with 21 classes: whole and encoder, at 512 x 512 and 625 x 468.
  const counts: readonly [string, Variation, string, string, string, string, string, string][] = [
    ['refinenet-resnet50', {}, '99.060', '23.508', '243.50', '21.35', '275.58', '24.60'],
    ['refinenet-resnet101', {}, '118.052', '42.500', '262.90', '40.75', '298.31', '47.33'],
    ['refinenet-resnet152', {}, '133.696', '58.144', '282.29', '60.14', '320.88', '69.90'],
    ['refinenet-lw-resnet50', {}, '27.358', '23.508', '31.98', '21.35', '36.61', '24.60'],
    ['refinenet-lw-resnet101', {}, '46.350', '42.500', '51.37', '40.75', '59.34', '47.33'],
    ['refinenet-lw-resnet152', {}, '61.993', '58.144', '70.77', '60.14', '81.91', '69.90'],
    ['refinenet-lw-mobilenetv2', {}, '3.285', '1.813', '8.58', '1.53', '9.72', '1.76'],
  ];

  test.each(counts)('%s %j', (name, variation, total, encoder, macs, encoderMacs, macs625, encoderMacs625) => {
    const definition = architecture(name, 21, variation);
    for (const [size, all, own] of [
      [at512, macs, encoderMacs],
      [{ width: 625, height: 468 }, macs625, encoderMacs625],
    ] as const) {
      const summary = summarize(definition, size);
      const parts = summary.parts.filter((part) => part.name.startsWith('encoder'));
      const sum = (key: 'parameters' | 'multiplyAdds') => parts.reduce((count, part) => count + part[key], 0);
      expect((summary.parameters / 1e6).toFixed(3)).toBe(total);
      expect((sum('parameters') / 1e6).toFixed(3)).toBe(encoder);
      expect((summary.multiplyAdds / 1e9).toFixed(2)).toBe(all);
      expect((sum('multiplyAdds') / 1e9).toFixed(2)).toBe(own);
    }
  });

  // The ablation at 512 x 512 for ResNet-50, -101 and -152: parameters in millions, multiply-adds in billions.
  const ablation: readonly [CascadeName, number, readonly string[], readonly string[]][] = [
    ['single', 2, ['61.3', '80.3', '95.9'], ['184.9', '204.3', '223.7']],
    ['single', 4, ['62.5', '81.5', '97.1'], ['204.2', '223.6', '243.0']],
    // 209.749 G: a published table has 209.8, the sum of an encoder's 40.75 and a decoder's 169.0, rounded before adding.
    ['2-cascaded', 2, ['66.6', '85.6', '101.3'], ['190.4', '209.7', '229.1']],
    ['2-cascaded', 4, ['69.0', '88.0', '103.6'], ['210.9', '230.3', '249.7']],
    ['4-cascaded', 2, ['90.8', '109.8', '125.4'], ['216.9', '236.3', '255.7']],
    ['4-cascaded', 3, ['94.9', '113.9', '129.6'], ['230.2', '249.6', '269.0']],
    ['4-cascaded', 4, ['99.1', '118.1', '133.7'], ['243.5', '262.9', '282.3']],
  ];

  test.each(ablation)('%s with %i pooling blocks', (cascade, count, millions, billions) => {
    const summaries = [50, 101, 152].map((depth) =>
      summarize(architecture(`refinenet-resnet${depth}`, 21, { cascade, pooling: { count } }), at512),
    );
    expect(summaries.map(({ parameters }) => (parameters / 1e6).toFixed(1))).toEqual(millions);
    expect(summaries.map(({ multiplyAdds }) => (multiplyAdds / 1e9).toFixed(1))).toEqual(billions);
  });

  test('pytorch_refinenet: three pooling blocks and a 1x1 classifier', () => {
    const millions = [50, 101, 152].map((depth) => {
      const definition = architecture(`refinenet-resnet${depth}`, 21, { pooling: { count: 3 }, classifier: 1 });
      return (summarize(definition, at512).parameters / 1e6).toFixed(3);
    });
    expect(millions).toEqual(['94.889', '113.881', '129.524']);
  });
});

describe.each(ARCHITECTURE_NAMES)('%s', (name) => {
  test('keeps batch, height and width open, and gives logits at a quarter of the size', () => {
    const quarter = (extent: string) => `floor((floor((${extent}+1)/2)+1)/2)`;
    const { shape } = refineNet(architecture(name, 5), pixelValues());
    expect(shape).toEqual(['batch', 5, quarter('height'), quarter('width')]);
  });

  test('rounds sizes up that are no multiple of 32, down to 32 x 32 itself', () => {
    for (const [height, width] of [
      [32, 32],
      [33, 47],
      [97, 131],
    ] as const) {
      const { shape } = refineNet(architecture(name, 5), pixelValues({ batch: 2, height, width }));
      expect(shape).toEqual([2, 5, Math.ceil(height / 4), Math.ceil(width / 4)]);
    }
  });

  test.each([{}, { encoderStride: 8 }] as const)(
    '%j has dropout only while training, and then asks for its masks',
    (variation) => {
      const training = refineNet(
        architecture(name, 5, variation),
        pixelValues({ batch: 1, height: 64, width: 64 }),
        scope('', { ...EVALUATION, dropout: true }),
      );
      const masks = [...reach([training]).inputs.keys()].filter((input) => input.startsWith('dropout:'));
      const expected = name.endsWith('mobilenetv2') ? 0 : name.includes('-lw-') ? 2 : 3;
      expect(masks).toHaveLength(expected);
      expect([...reach([refineNet(architecture(name, 5), pixelValues())]).inputs.keys()]).toEqual(['pixel_values']);
    },
  );
});

describe('any number of paths', () => {
  test.each([
    ['refinenet-lw-mobilenetv2', 1, 32],
    ['refinenet-lw-mobilenetv2', 2, 32],
    ['refinenet-lw-mobilenetv2', 4, 16],
    ['refinenet-lw-mobilenetv2', 5, 8],
    ['refinenet-lw-resnet18', 2, 16],
    ['refinenet-resnet50', 3, 8],
    ['refinenet-resnet50', 4, 4],
  ])('%s with the %i coarsest has an output stride of %i, in its geometry as in its graph', (name, paths, stride) => {
    const whole = architecture(name, 5) as RefineNetDefinition;
    const first = <T>(list: readonly T[]): readonly T[] => list.slice(0, paths);
    const { taps, widths, cascade } = whole.decoder;
    const decoder = { ...whole.decoder, taps: first(taps), widths: first(widths), cascade: first(cascade) };
    const definition = { ...whole, decoder };
    expect(networkGeometry(definition).outputStride).toBe(stride);
    const { shape } = refineNet(definition, pixelValues({ batch: 1, height: 97, width: 131 }));
    expect(shape).toEqual([1, 5, Math.ceil(97 / stride), Math.ceil(131 / stride)]);
  });

  test('every named architecture and cascade has an output stride of 4', () => {
    for (const name of ARCHITECTURE_NAMES) expect(networkGeometry(architecture(name, 5)).outputStride).toBe(4);
    const twoScale = architecture('refinenet-resnet50', 5, { cascade: '4-cascaded-2-scale' });
    expect(networkGeometry(twoScale).outputStride).toBe(4);
  });
});

describe('variations', () => {
  test('the 2-scale network has two encoders with weights of their own', () => {
    const logits = refineNet(architecture('refinenet-resnet50', 21, { cascade: '4-cascaded-2-scale' }), pixelValues());
    const names = [...parametersOf([logits]).keys()];
    expect(names).toContain('encoders.0.conv1.weight');
    expect(names).toContain('encoders.1.conv1.weight');
    expect(names).toContain('decoder.refinenet4.adapt.1.0.conv1.weight');
    expect(parametersOf([logits]).get('decoder.refinenet4.fusion.1.weight')?.shape).toEqual([512, 512, 3, 3]);
  });

  test('the stride of a bottleneck moves to its first 1x1 convolution on request, with the same parameters', () => {
    const shapes = (stridePlacement: '1x1' | '3x3') => {
      const logits = refineNet(architecture('refinenet-resnet50', 21, { stridePlacement }), pixelValues());
      return [...parametersOf([logits])].map(([name, { shape }]) => `${name} ${shape}`);
    };
    expect(shapes('1x1')).toEqual(shapes('3x3'));
    const macs = (stridePlacement: '1x1' | '3x3') =>
      summarize(architecture('refinenet-resnet50', 21, { stridePlacement }), at512).multiplyAdds;
    expect(macs('1x1')).toBeLessThan(macs('3x3'));
  });

  test('with a smaller encoder stride, paths of one size enter one block', () => {
    const cascadeOf = (name: string, encoderStride: 8 | 16) => {
      const { decoder } = architecture(name, 21, { encoderStride });
      return decoder.cascade;
    };
    expect(cascadeOf('refinenet-lw-mobilenetv2', 16)).toEqual([1, 1, 1, 1, 2, 3]);
    expect(cascadeOf('refinenet-resnet50', 16)).toEqual([1, 1, 2, 3]);
    expect(cascadeOf('refinenet-resnet50', 8)).toEqual([1, 1, 1, 2]);
    for (const [name, encoderStride] of [
      ['refinenet-resnet18', 16],
      ['refinenet-lw-mobilenetv2', 8],
    ] as const) {
      const definition = architecture(name, 21, { encoderStride });
      const shapes = new Map(
        [...parametersOf([refineNet(definition, pixelValues())])].map(([each, { shape }]) => [each, shape]),
      );
      const told = { variant: { encoderStride }, wanted: undefined };
      expect(detectRefineNet(shapes, definition.encoder, told).definition).toEqual(definition);
    }
  });

  test.each([
    [true, ['image_pooling']],
    ['projected', ['image_pooling', 'projection.0', 'projection.1']],
  ] as const)(
    "image pooling (%j) adds its convolutions to the reduction of each scale's coarsest tap, and is seen in its tensors",
    (imagePooling, convolutions) => {
      const shapes = (definition: RefineNetDefinition) =>
        new Map([...parametersOf([refineNet(definition, pixelValues())])].map(([name, { shape }]) => [name, shape]));
      const plain = architecture('refinenet-resnet18', 21, { cascade: '4-cascaded-2-scale' });
      const pooled = architecture('refinenet-resnet18', 21, { cascade: '4-cascaded-2-scale', imagePooling });
      const known = shapes(plain);
      const added = [0, 4].flatMap((path) =>
        convolutions.flatMap((convolution) => [
          [`decoder.reduction.${path}.${convolution}.weight`, [512, 512, 1, 1]],
          // One bias is enough where two are summed.
          ...(convolution === 'projection.0' ? [] : [[`decoder.reduction.${path}.${convolution}.bias`, [512]]]),
        ]),
      );
      const found = [...shapes(pooled)].filter(([name]) => !known.has(name));
      expect(new Map(found)).toEqual(new Map(added as [string, number[]][]));
      expect(detectRefineNet(shapes(pooled), 'resnet18', { variant: {}, wanted: undefined }).definition).toEqual(
        pooled,
      );
    },
  );

  test('every block may have its own number of poolings, the coarsest first', () => {
    const { decoder, ...rest } = architecture('refinenet-lw-resnet18', 3);
    const withPoolings = (count: readonly number[]) =>
      [...networkParameters({ ...rest, decoder: { ...decoder, pooling: { ...decoder.pooling, count } } }).keys()]
        .filter((name) => name.includes('.pooling.'))
        .map((name) => name.replace(/^decoder\.|\.weight$/g, ''));
    expect(withPoolings([0, 1, 0, 2])).toEqual([
      'refinenet3.pooling.block1',
      'refinenet1.pooling.block1',
      'refinenet1.pooling.block2',
    ]);
    expect(() => withPoolings([1, 2])).toThrow(
      'decoder: pooling.count has 2 numbers for 4 blocks. Give one for each, the coarsest first, or one for all.',
    );
  });

  test.each([
    [[2, 2, 3, 4], '1'],
    [[1, 3, 3, 4], '2'],
    [[4, 4, 4, 4], '1 or 2 or 3'],
  ])('a cascade that leaves a block without a path is refused: %j', (cascade, empty) => {
    const whole = architecture('refinenet-lw-resnet18', 3);
    expect(() => refineNet({ ...whole, decoder: { ...whole.decoder, cascade } }, pixelValues())).toThrow(
      `decoder: cascade is [${cascade.join(', ')}], so that no path enters block ${empty}. Give every number from 1 to the largest, 4.`,
    );
  });

  test.each([
    [[1, 256, 256, 256, 256, 256]],
    [[2, 256, 256, 256, 256, 256]],
    [[256, 128, 128, 128, 128, 128]],
    [[64, 64, 128, 128, 64, 64]],
  ])('paths that are summed as they are must have widths that fit: %j', (widths) => {
    const whole = architecture('refinenet-lw-mobilenetv2', 3);
    expect(() => refineNet({ ...whole, decoder: { ...whole.decoder, widths } }, pixelValues())).toThrow(
      `decoder: The widths ${widths.join(',')} do not fit: the paths of a block need one width, no wider than those of the block before.`,
    );
    const convolved = { ...whole.decoder, widths, fusion: 'all' as const };
    expect(refineNet({ ...whole, decoder: convolved }, pixelValues()).shape[1]).toBe(3);
  });

  test.each([
    [[1], undefined, 32],
    [[2, 1], undefined, 64],
    [[3, 2, 1], undefined, 192],
    [[4, 2, 1], undefined, 128],
    [[1], 16, 16],
    [[3, 1], 8, 24],
  ] as const)(
    'images at 1/%j of their size with an encoder stride of %j are aligned at %i pixels',
    (imageDivisors, encoderStride, alignment) => {
      const whole = architecture('refinenet-lw-resnet18', 3);
      expect(networkGeometry({ ...whole, imageDivisors, encoderStride }).alignment).toBe(alignment);
    },
  );

  test('fusion enlarges by the interpolation asked for, linear in the paper', () => {
    const given = architecture('refinenet-lw-mobilenetv2', 21);
    const modes = (interpolation?: 'linear' | 'cubic') => {
      const logits = refineNet({ ...given, decoder: { ...given.decoder, interpolation } }, pixelValues());
      const resized = reach([logits]).nodes.filter(({ op }) => op.name === 'Resize');
      return [...new Set(resized.map(({ attributes }) => (attributes as { mode: string }).mode))];
    };
    expect([modes(), modes('linear'), modes('cubic')]).toEqual([['linear'], ['linear'], ['cubic']]);
  });

  test('a network of another interpolation is another one; a single path has none', () => {
    const whole = architecture('refinenet-lw-resnet50', 21);
    const cubic = { ...whole, decoder: { ...whole.decoder, interpolation: 'cubic' as const } };
    expect([isSameForm(whole, cubic), growsInto(coarsestBlocks(whole, 2), cubic)]).toEqual([false, false]);
    expect(growsInto(coarsestBlocks(whole, 1), cubic)).toBe(growsInto(coarsestBlocks(whole, 1), whole));
    expect(growsInto(coarsestBlocks(cubic, 2), cubic)).toBe(true);
  });

  test('an unknown architecture, a cascade that does not fit and an impossible class count are refused', () => {
    expect(() => architecture('refinenet-resnet99', 21)).toThrow('There is no architecture "refinenet-resnet99".');
    expect(() => architecture('refinenet-lw-mobilenetv2', 21, { cascade: 'single' })).toThrow(
      'refinenet-lw-mobilenetv2 has 6 paths; the cascade "single" is for 4 paths a scale.',
    );
    expect(() => architecture('refinenet-resnet50', 0)).toThrow('A network has between 1 and 65536 classes, got 0.');
  });
});
