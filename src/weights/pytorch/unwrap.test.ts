import { expect, test } from 'vitest';
import { StoredTensor } from './stored-tensor.ts';
import { unwrapStateDict } from './unwrap.ts';

const weight = new StoredTensor({ key: '0', dtype: 'float32', count: 1 }, 'float32', 0, [1], [1]);
const bias = new StoredTensor({ key: '1', dtype: 'float32', count: 1 }, 'float32', 0, [1], [1]);
const state = new Map<unknown, unknown>([
  ['weight', weight],
  ['version', 3],
  [0, bias],
  ['bias', bias],
]);

test('only tensors under names are kept, in order', () => {
  expect([...unwrapStateDict(state)]).toEqual([
    ['weight', weight],
    ['bias', bias],
  ]);
});

test('a wrapper comes before stray tensors beside it, and wrappers may lie in each other', () => {
  const checkpoint = new Map<string, unknown>([
    ['class_weights', weight],
    ['model', new Map([['state_dict', state]])],
  ]);
  expect([...unwrapStateDict(checkpoint).keys()]).toEqual(['weight', 'bias']);
});

test('a wrapper without tensors is passed over', () => {
  const checkpoint = new Map<string, unknown>([
    ['model', 'resnet18'],
    ['weights', new Map([['epoch', 1]])],
    ['state_dict', state],
  ]);
  expect([...unwrapStateDict(checkpoint).keys()]).toEqual(['weight', 'bias']);
});

test('module. is dropped only where every name has it', () => {
  const names = (...keys: string[]) => [...unwrapStateDict(new Map(keys.map((key) => [key, weight]))).keys()];
  expect(names('module.a', 'module.module.b')).toEqual(['a', 'module.b']);
  expect(names('module.a', 'b')).toEqual(['module.a', 'b']);
});

test.each<[string, unknown, string]>([
  [
    'many keys',
    new Map(Array.from({ length: 12 }, (_, index) => [`k${index}`, 1])),
    'no tensor under its keys "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7" and 4 more',
  ],
  ['no keys', new Map(), 'an empty dict'],
  ['a list', [weight], 'a Python list'],
  ['a number', 3, 'a Python number'],
  ['a tensor', weight, 'a single tensor without a name'],
  [
    'wrappers four deep',
    new Map([['model', new Map([['model', new Map([['model', state]])]])]]),
    'no tensor under its keys "model"',
  ],
])('%s is no state dict', (_, value, message) => {
  expect(() => unwrapStateDict(value)).toThrow(`PyTorch file: it holds no state dict: ${message}`);
});
