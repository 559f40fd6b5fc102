import { describe, expect, test } from 'vitest';
import { float32, type Tensor } from '../tensor/tensor.ts';
import { naming } from './names/naming.ts';
import { translateNames } from './translate-names.ts';

const scalars = (...names: string[]): Map<string, Tensor> =>
  new Map(names.map((name, index) => [name, float32([1], [index])]));

describe('translating names', () => {
  test('drops the batch counters without mention and lists what is left out knowingly', () => {
    const { weights, ignored, unknown } = translateNames(
      scalars('conv1.weight', 'bn1.weight', 'bn1.num_batches_tracked', 'fc.weight', 'fc.bias'),
    );
    expect([...weights.keys()]).toEqual(['encoder.conv1.weight', 'encoder.bn1.weight']);
    expect(ignored).toEqual(['fc.weight', 'fc.bias']);
    expect(unknown).toEqual([]);
  });

  test('passes names it does not know on as they are', () => {
    const { weights, unknown } = translateNames(scalars('conv1.weight', 'bn1.weight', 'auxiliary.0.weight'));
    expect(unknown).toEqual(['auxiliary.0.weight']);
    expect(weights.get('auxiliary.0.weight')?.data).toEqual(Float32Array.of(2));
  });

  test('keeps our own names, in order', () => {
    const names = ['decoder.classifier.weight', 'encoders.0.conv1.weight', 'encoder.conv1.weight'];
    const { weights, naming } = translateNames(scalars(...names));
    expect(naming.name).toBe('refinenet');
    expect([...weights.keys()]).toEqual(names);
  });

  test('folds a bias of the first convolution, as in Caffe ResNet-50, into the running mean', () => {
    const given = new Map([
      ['conv1.weight', float32([2, 3, 7, 7], new Float32Array(294))],
      ['conv1.bias', float32([2], [0.5, -1])],
      ['bn1.running_mean', float32([2], [2, 3])],
    ]);
    const { weights } = translateNames(given);
    expect(weights.has('encoder.conv1.bias')).toBe(false);
    expect(weights.get('encoder.bn1.running_mean')?.data).toEqual(Float32Array.of(1.5, 4));
    expect(given.get('bn1.running_mean')?.data).toEqual(Float32Array.of(2, 3));
  });

  test('says what was found and what was looked for when no naming fits', () => {
    expect(() => translateNames(scalars('backbone.stem.kernel', 'conv1.weight', 'head.kernel'))).toThrow(
      'The 3 tensor names are of no known network: "backbone.stem.kernel", "conv1.weight", "head.kernel". torchvision ResNet knows the most of them, 1. Looked for the names of refinenet, torchvision ResNet, light-weight-refinenet, refinenet-pytorch, light-weight-refinenet MobileNetV2, pytorch_refinenet, torchvision MobileNetV2. Rename the tensors as one of these does.',
    );
  });

  test('does not take batch counters for a sign of any naming', () => {
    expect(() => translateNames(scalars('a.num_batches_tracked', 'b.num_batches_tracked'))).toThrow(
      'The weights are empty: there is no tensor to take names from.',
    );
  });

  test('refuses two tensors for one name', () => {
    expect(() => translateNames(scalars('conv1.weight', 'bn1.weight', 'encoder.conv1.weight'))).toThrow(
      'The names are those of torchvision ResNet, but "encoder.conv1.weight" is there already under our own. Remove the copies from the file.',
    );
    const twins = naming({
      name: 'twins',
      names: [
        ['a', 'encoder.x'],
        ['b', 'encoder.x'],
      ],
    });
    expect(() => translateNames(scalars('a', 'b'), [twins])).toThrow(
      'Names of twins: more than one tensor is "encoder.x". Remove the copies from the file.',
    );
  });

  test('takes hostile names for unknown ones', () => {
    const { weights, unknown } = translateNames(
      scalars('conv1.weight', 'bn1.weight', 'bn1.bias', '__proto__', 'constructor'),
    );
    expect(unknown).toEqual(['__proto__', 'constructor']);
    expect(weights.size).toBe(5);
  });
});
