import { readdirSync, readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { FormatError, RefineNetError } from '../../errors.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { readPyTorch } from './read-pytorch.ts';

/** Written by tools/fixtures/make-pytorch.py, which says what is in them. */
const folder = new URL('../../../test/fixtures/pytorch/', import.meta.url);

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

function float32(shape: number[], ...data: number[]): Tensor {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}

const network: [string, Tensor][] = [
  ['conv.weight', float32([3, 2, 1, 1], 0, 0.5, 1, 1.5, 2, 2.5)],
  ['conv.bias', float32([3], -1, -0.5, 0)],
  ['bn.weight', float32([3], 1, 1, 1)],
  ['bn.bias', float32([3], 0, 0, 0)],
  ['bn.running_mean', float32([3], 0, 0, 0)],
  ['bn.running_var', float32([3], 1, 1, 1)],
  ['bn.num_batches_tracked', { dtype: 'int64', shape: [], data: BigInt64Array.of(7n) }],
];

const kinds: [string, Tensor][] = [
  ['float32', float32([2, 3], 0, 0.5, 1, 1.5, 2, 2.5)],
  ['float64', { dtype: 'float64', shape: [2], data: Float64Array.of(0, 0.5) }],
  ['float16', { dtype: 'float16', shape: [3], data: Uint16Array.of(0, 0x3800, 0x3c00) }],
  ['bfloat16', float32([3], 0, 0.5, 1)],
  ['int64', { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 2n ** 40n) }],
  ['int32', { dtype: 'int32', shape: [2], data: Int32Array.of(-5, 5) }],
  ['int16', { dtype: 'int16', shape: [2], data: Int16Array.of(-300, 300) }],
  ['int8', { dtype: 'int8', shape: [2], data: Int8Array.of(-128, 127) }],
  ['uint8', { dtype: 'uint8', shape: [2], data: Uint8Array.of(0, 255) }],
  ['bool', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ['scalar', float32([], 2.5)],
  ['empty', float32([0, 3])],
  ['transposed', float32([3, 2], 0, 1.5, 0.5, 2, 1, 2.5)],
  ['transposed_bfloat16', float32([3, 2], 0, 1.5, 0.5, 2, 1, 2.5)],
  ['channels_last', float32([1, 2, 2, 2], 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5)],
  ['view', float32([2], 1, 1.5)],
  ['whole', float32([6], 0, 0.5, 1, 1.5, 2, 2.5)],
  ['parameter', float32([2], 0, 0.5)],
];

describe('files of torch.save', () => {
  test.each(['network-zip.pth', 'network-legacy.pth', 'network-protocol4.pth'])(
    '%s: a bare state dict, in its order',
    (name) => {
      expect([...readPyTorch(fixture(name))]).toEqual(network);
    },
  );

  test.each(['kinds-zip.pth', 'kinds-legacy.pth'])('%s: every element type and layout', (name) => {
    expect([...readPyTorch(fixture(name))]).toEqual(kinds);
  });

  test.each([
    'module-zip.pth.tar',
    'module-legacy.pth.tar',
    'wrapped-segmenter.pth',
    'wrapped-model.pth',
    'wrapped-weights.pth',
    'wrapped-state_dict.pth',
    'wrapped-model_state_dict.pth',
  ])('%s: the state dict without wrapper and prefix', (name) => {
    expect([...readPyTorch(fixture(name))]).toEqual(network);
  });

  test('tensors that share a storage still share its memory', () => {
    const weights = readPyTorch(fixture('kinds-legacy.pth'));
    expect(weights.get('view')?.data.buffer).toBe(weights.get('whole')?.data.buffer);
  });

  test('a file that is a window of a larger buffer is read the same', () => {
    const bytes = fixture('kinds-legacy.pth');
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect([...readPyTorch(larger.subarray(3))]).toEqual(kinds);
  });
});

describe('refused files', () => {
  const python = 'the file asks for the Python name';

  test.each([
    ['hostile-system-zip.pth', `${python} "posix.system", which is not on the list`],
    ['hostile-system-legacy.pth', `${python} "posix.system"`],
    ['hostile-system-protocol0.pkl', `${python} "posix.system"`],
    ['hostile-system-protocol2.pkl', `${python} "posix.system"`],
    ['hostile-system-protocol4.pkl', `${python} "posix.system"`],
    ['hostile-eval.pkl', `${python} "__builtin__.eval"`],
    ['whole-model.pth', `${python} "torch.nn.modules.container.Sequential"`],
    ['expanded.pth', '"expanded": shape [100] with strides [0] repeats elements of a storage of 1. Save it expanded'],
    ['no-tensors.pth', 'PyTorch file: it holds no state dict: no tensor under its keys "epoch", "names"'],
    ['one-tensor.pth', 'PyTorch file: it holds no state dict: a single tensor without a name'],
    ['torchscript.pt', 'PyTorch zip: a TorchScript archive, which holds a program'],
    ['big-endian.pth', 'PyTorch zip: its byte order is "big", only "little" is read'],
    ['compressed.pth', 'PyTorch zip: "archive/data.pkl" is compressed, which torch.save never does'],
    ['not-torch.zip', 'PyTorch zip: it has no data.pkl ("archive/readme.txt")'],
  ])('%s', (name, message) => {
    expect(() => readPyTorch(fixture(name))).toThrow(FormatError);
    expect(() => readPyTorch(fixture(name))).toThrow(message);
  });

  test('nothing at all', () => {
    expect(() => readPyTorch(new Uint8Array(0))).toThrow('PyTorch file: it is empty');
  });

  test('a pickle that torch.save did not write', () => {
    expect(() => readPyTorch(Uint8Array.of(0x80, 2, 0x7d, 0x2e))).toThrow('a bare pickle without tensors');
  });

  test('bytes after the last storage', () => {
    const bytes = new Uint8Array([...fixture('network-legacy.pth'), 0, 0]);
    expect(() => readPyTorch(bytes)).toThrow('PyTorch file: 2 bytes follow the last storage');
  });

  test('a storage whose own count differs from what its tensors say', () => {
    const bytes = fixture('hostile-system-legacy.pth');
    const name = new TextEncoder().encode('cposix\nsystem\n');
    const at = Buffer.from(bytes).indexOf(name);
    // The call becomes a harmless one, so that the container behind it is reached.
    bytes.set(new TextEncoder().encode('ctorch\ndevice\n'), at);
    expect([...readPyTorch(bytes)]).toEqual([['weight', float32([2], 0, 0.5)]]);
    bytes[bytes.length - 16] = 3;
    expect(() => readPyTorch(bytes)).toThrow(/storage "\d+" says it has 3 elements where its tensors say 2/);
  });
});

describe('hostile zips', () => {
  const pickle = Uint8Array.of(0x80, 2, 0x7d, 0x2e);
  const plain = () => zipSync({ 'a/data.pkl': [pickle, { level: 0 }] });

  test('an entry that claims more bytes than the file has', () => {
    const bytes = plain();
    const central = Buffer.from(bytes).indexOf('PK\x01\x02');
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setUint32(central + 20, 0x7fffffff, true);
    view.setUint32(central + 24, 0x7fffffff, true);
    expect(() => readPyTorch(bytes)).toThrow(/its entries claim 2147483647 bytes, more than the file's \d+/);
  });

  test('an entry whose sizes differ, as an encrypted one has', () => {
    const bytes = plain();
    const central = Buffer.from(bytes).indexOf('PK\x01\x02');
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(central + 24, 3, true);
    expect(() => readPyTorch(bytes)).toThrow('"a/data.pkl" claims 3 bytes in 4: encrypted or damaged');
  });

  test('an entry that begins beyond the end', () => {
    const bytes = plain();
    const central = Buffer.from(bytes).indexOf('PK\x01\x02');
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(central + 42, 0x7fffffff, true);
    expect(() => readPyTorch(bytes)).toThrow('"a/data.pkl" breaks off (0 of 4 bytes)');
  });

  test('an entry listed many times, each time to be copied', () => {
    const bytes = plain();
    const central = Buffer.from(bytes).indexOf('PK\x01\x02');
    const end = Buffer.from(bytes).indexOf('PK\x05\x06');
    const entry = bytes.subarray(central, end);
    const bomb = new Uint8Array(Buffer.concat([bytes.subarray(0, end), entry, entry, bytes.subarray(end)]));
    new DataView(bomb.buffer).setUint16(bomb.length - 22 + 8, 3, true);
    expect(() => readPyTorch(bomb)).toThrow('"a/data.pkl" is there twice');
  });

  test('a storage that is missing', () => {
    const bytes = fixture('network-zip.pth');
    const buffer = Buffer.from(bytes.buffer);
    const name = Buffer.from('network-zip/data/0');
    for (let at = buffer.indexOf(name); at >= 0; at = buffer.indexOf(name, at)) bytes[at + name.length - 1] = 0x78;
    expect(() => readPyTorch(bytes)).toThrow('PyTorch zip: storage "0" is missing');
  });
});

describe('damaged files', () => {
  const good = readdirSync(folder).filter((name) => /^(kinds|network|wrapped-segmenter|hostile)/.test(name));

  function expectOnlyExpectedErrors(bytes: Uint8Array): void {
    try {
      readPyTorch(bytes);
    } catch (error) {
      if (!(error instanceof RefineNetError)) throw error;
    }
  }

  test.each(good)('%s, cut short anywhere', (name) => {
    const bytes = fixture(name);
    for (let length = 0; length < bytes.length; length += 1 + (length >> 6)) {
      expect(() => readPyTorch(bytes.slice(0, length))).toThrow(FormatError);
    }
  });

  test.each(good)('%s, with bytes changed anywhere', (name) => {
    const bytes = fixture(name);
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 1500; round++) {
      const damaged = bytes.slice();
      for (let change = random(3); change >= 0; change--) damaged[random(bytes.length)] = random(256);
      expectOnlyExpectedErrors(damaged);
    }
  });
});
