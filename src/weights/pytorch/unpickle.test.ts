import { describe, expect, test } from 'vitest';
import { FormatError } from '../../errors.ts';
import { Inert, StoredTensor } from './stored-tensor.ts';
import { unpickle } from './unpickle.ts';

/** A pickle of parts: texts stand for their characters' codes. */
function pickle(...parts: (string | number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)));
}

const int32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];
const text = (value: string) => ['X', int32(value.length), value] as const;
const storage: (string | number[])[] = [
  '(',
  ...text('storage'),
  'ctorch\nFloatStorage\n',
  ...text('0'),
  ...text('cpu'),
  'K',
  [6],
  't',
] as const;

describe('values', () => {
  test('of a checkpoint come as maps, lists, numbers, texts and inert objects', () => {
    const bytes = pickle(
      '\x80\x02}(',
      ...text('epoch'),
      'K\x03',
      ...text('lr'),
      'G?\xe0\0\0\0\0\0\0',
      ...text('best'),
      'cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n(',
      ...text('f8'),
      'K\0K\x01tR(K\x03tbC\x00\x86R',
      ...text('milestones'),
      'ccollections\nCounter\n}K\x0aK\x01s\x85R',
      'u.',
    );
    const { value, end } = unpickle(bytes);
    expect(value).toEqual(
      new Map<string, unknown>([
        ['epoch', 3],
        ['lr', 0.5],
        ['best', new Inert('numpy.core.multiarray.scalar')],
        ['milestones', new Inert('collections.Counter')],
      ]),
    );
    expect(end).toBe(bytes.length);
  });

  test('an ordered dict may be written as a list of pairs', () => {
    const bytes = pickle('\x80\x02ccollections\nOrderedDict\n]]', '(', ...text('a'), 'K\x01ea\x85R.');
    expect(unpickle(bytes).value).toEqual(new Map([['a', 1]]));
  });

  test('several in a row are told apart', () => {
    const bytes = pickle('\x80\x02K\x01.\x80\x02K\x02.');
    const first = unpickle(bytes);
    expect([first.value, unpickle(bytes, first.end).value]).toEqual([1, 2]);
  });

  test('tensors keep a reference to their storage', () => {
    const bytes = pickle(
      '\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(',
      ...storage,
      'QK\x01K\x02\x85K\x01\x85\x89}tR.',
    );
    const { value, storages } = unpickle(bytes);
    expect(value).toEqual(new StoredTensor({ key: '0', dtype: 'float32', count: 6 }, 'float32', 1, [2], [1]));
    expect([...storages.keys()]).toEqual(['0']);
  });

  test('an untyped storage takes its type from the tensor', () => {
    const untyped = storage.map((part) =>
      typeof part === 'string' ? part.replace('torch\nFloat', 'torch.storage\nUntyped') : part,
    );
    const bytes = pickle(
      '\x80\x02ctorch._utils\n_rebuild_tensor_v3\n(',
      ...untyped,
      'QK\0K\x03\x85K\x01\x85\x89}ctorch\nuint16\ntR.',
    );
    expect(unpickle(bytes).value).toMatchObject({ dtype: 'uint16', storage: { dtype: 'untyped', count: 6 } });
  });

  test('attributes are never set', () => {
    const bytes = pickle('\x80\x02]q\x00}', ...text('length'), 'J', int32(2_000_000_000), 'sb.');
    expect(unpickle(bytes).value).toEqual([]);
  });

  test('a key __proto__ is one like any other', () => {
    const { value } = unpickle(pickle('\x80\x02}', ...text('__proto__'), '}', ...text('polluted'), '\x88ss.'));
    expect([...(value as Map<string, unknown>).keys()]).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('refused streams', () => {
  const manyOpcodes = new Uint8Array(2_000_100).fill(0x4e);
  const deep = pickle('\x80\x02', new Array(50_000).fill(0x5d), '.');

  test.each<[string, Uint8Array, string]>([
    ['a global off the list', pickle('\x80\x02cbuiltins\nexec\n.'), 'the Python name "builtins.exec"'],
    ['one that objects inherit', pickle('\x80\x02ctorch\nconstructor\n.'), 'the Python name "torch.constructor"'],
    [
      'one made on the stack',
      pickle('\x80\x04', ...text('os'), ...text('system'), '\x93.'),
      'the Python name "os.system"',
    ],
    ['one of no text', pickle('\x80\x04K\x01K\x02\x93.'), 'the Python name "1.2"'],
    ['an instance of one', pickle('(ios\nsystem\n.'), 'the Python name "os.system"'],
    ['a construction', pickle('\x80\x02ctorch\ndevice\n)\x81.'), 'the stream makes no sense'],
    ['an old-style construction', pickle('(ctorch\ndevice\no.'), 'the stream makes no sense'],
    ['a call of what is no function', pickle('\x80\x02ctorch\nFloatStorage\n)R.'), 'the stream makes no sense'],
    [
      'too many arguments',
      pickle('\x80\x02ctorch\ndevice\n(NNNNNtR.'),
      'torch.device is called with arguments torch.save never writes',
    ],
    [
      'a tensor of no storage',
      pickle('\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(NK\0))tR.'),
      '_rebuild_tensor_v2 is called with arguments',
    ],
    ['an unknown opcode', pickle('\x80\x02\xff.'), 'byte 0xff at 2 is not an opcode this reader knows'],
    ['an extension', pickle('\x80\x02\x82\x01.'), 'byte 0x82 at 2 is not an opcode this reader knows'],
    ['a newer protocol', pickle('\x80\x09N.'), "Unsupported protocol version '9'"],
    ['no end', pickle('\x80\x02N'), 'the stream breaks off at 3'],
    ['half a number', pickle('\x80\x02J\x01\x02'), 'the stream breaks off at 2'],
    ['half a line', pickle('\x80\x02ctorch\nSi'), 'the stream breaks off at 9'],
    ['half a length', pickle('\x80\x02X\x01\x02'), 'the stream breaks off at 3'],
    [
      'a text longer than the file',
      pickle('\x80\x02X', int32(0x7fffffff), 'a.'),
      'BINUNICODE at 2 claims 2147483647 bytes, but 2 are left',
    ],
    ['bytes of negative length', pickle('\x80\x03B', int32(-7), '.'), 'BINBYTES at 2 claims 4294967289 bytes'],
    ['BINBYTES8 of 2^63', pickle('\x80\x04\x8e\0\0\0\0\0\0\0\x80.'), 'BINBYTES8 at 2 claims 9223372036854776000 bytes'],
    [
      'a whole number of a million bytes',
      pickle('\x80\x02\x8b', int32(1_000_000), new Array(1_000_000).fill(1), '.'),
      'LONG4 at 2 is a whole number of 1000000 bytes, more than 8',
    ],
    ['millions of opcodes', manyOpcodes, 'more than 2000000 opcodes, which no state dict needs'],
    ['a filled DICT', pickle('(', ...text('a'), 'K\x01d.'), 'a filled DICT at'],
    ['a pop of nothing', pickle('\x80\x02t.'), 'the stream makes no sense'],
    ['writing into bytes', pickle('\x80\x03C\x04abcd](K\x01K\x02eK\x00s.'), 'the stream makes no sense'],
    [
      'a list copied again and again',
      pickle(
        '\x80\x02ccollections\nOrderedDict\nq\x00](',
        new Array(20).fill([0x4e, 0x4e, 0x86]).flat(),
        'eq\x01',
        new Array(9).fill([0x68, 0, 0x68, 1, 0x85, 0x52]).flat(),
        '.',
      ),
      'collections.OrderedDict is called with arguments',
    ],
    [
      'a storage of another class',
      pickle('\x80\x02(', ...text('storage'), 'ctorch\ndevice\n', ...text('0'), ...text('cpu'), 'K\x06tQ.'),
      'a reference to a storage has no storage class',
    ],
    ['a storage that is none', pickle('\x80\x02NQ.'), 'a reference to a storage has no known form'],
    [
      'a storage of negative size',
      pickle('\x80\x02', ...storage.slice(0, -3), 'J', int32(-1), 'tQ.'),
      'a reference to a storage has no valid size',
    ],
    [
      'a storage of two sizes',
      pickle('\x80\x02', ...storage, 'Q', ...storage.slice(0, -2), [7], 'tQ.'),
      'a reference to a storage "0" is once 6 of float32, once 7 of float32',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => unpickle(bytes)).toThrow(FormatError);
    expect(() => unpickle(bytes)).toThrow(message);
  });

  test('deep nesting costs nothing', () => {
    expect(unpickle(deep).value).toEqual([]);
  });
});
